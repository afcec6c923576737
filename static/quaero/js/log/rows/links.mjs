// Addresses of the web within log text. Only those of http and https: a link goes nowhere else.
import { partsOf } from './text.mjs';

const MOST_LINKS = 500; // of one text
const LONGEST = 4000; // characters; what is longer is data
const BEGIN = /(?<![\p{L}\p{N}_])https?:\/\//giu;
// What ends an address wherever it stands: spaces, quotes and brackets around it, marks of scripts that have no spaces.
const OUTSIDE = /[\s<>"'`\\^{}|\u00ab\u00bb\u2018-\u201f\u2026\u3000-\u303f\uff00-\uff0f\uff1a-\uff20\uff3b-\uff5e]/u;
const ENDS_A_SENTENCE = new Set('.,:;!?*');
const OPENED_BY = { ')': '(', ']': '[' };
const IN_ASCII = /^[\x21-\x7e]*$/;

/** The address as it is when it leads to a host by http or https; nothing for any other. */
export function webAddress(address) {
  if (address.length > LONGEST || !/^https?:\/\//i.test(address)) return '';
  try {
    return new URL(address).hostname && address;
  } catch {
    return '';
  }
}

/** The addresses in `text` as `{start, end, href}`, in order. Takes as long as the text is, whatever it is. */
export function linksIn(text) {
  if (!text.includes('://')) return [];
  const links = [];
  let end = 0;
  for (const { index } of text.matchAll(BEGIN)) {
    if (index < end) continue; // within the one before
    const candidate = bodyAt(text, index);
    end = index + candidate.length;
    const href = candidate.length < LONGEST ? webAddress(withoutTail(candidate)) : '';
    if (href) links.push({ start: index, end: index + href.length, href });
    if (links.length === MOST_LINKS) break;
  }
  return links;
}

/** From there to what ends an address: also characters that are not seen, or turn text around. */
function bodyAt(text, start) {
  const most = text.slice(start, start + LONGEST);
  const end = most.search(OUTSIDE);
  const body = end < 0 ? most : most.slice(0, end);
  if (IN_ASCII.test(body)) return body;
  const [first] = partsOf(body);
  return first.text;
}

/** Without what belongs to the sentence around it: full stops and the like, brackets that were opened before it. */
function withoutTail(address) {
  const unopened = Object.fromEntries(
    Object.entries(OPENED_BY).map(([close, open]) => [close, countOf(address, close) - countOf(address, open)]),
  );
  let end = address.length;
  for (; end > 0; end -= 1) {
    const last = address[end - 1];
    if (unopened[last] > 0) unopened[last] -= 1;
    else if (!ENDS_A_SENTENCE.has(last)) break;
  }
  return address.slice(0, end);
}

function countOf(text, character) {
  return text.split(character).length - 1;
}
