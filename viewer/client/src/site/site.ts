/** Entry of every page. Everything here is a comfort: without it the pages work as well. */

/** Keeps the place on the page when the language is switched: the reader goes on where they were. */
const KEY = 'museum.place';

function remember(): void {
  const height = document.documentElement.scrollHeight - innerHeight;
  if (height > 0) sessionStorage.setItem(KEY, String(scrollY / height));
}

function restore(): void {
  const place = Number(sessionStorage.getItem(KEY));
  sessionStorage.removeItem(KEY);
  if (place > 0) scrollTo(0, place * (document.documentElement.scrollHeight - innerHeight));
}

try {
  restore();
  for (const link of document.querySelectorAll('.tongues a')) link.addEventListener('click', remember);
} catch {
  // A browser that forbids storage starts the page at its top.
}
