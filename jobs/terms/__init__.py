"""Plain values that several rooms share, with no code behind them."""
