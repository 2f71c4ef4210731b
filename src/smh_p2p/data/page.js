
for (const event of ["mouseover", "focusin"]) document.addEventListener(event, ({target}) => {
  const fact = target.closest(".fact");
  if (!fact) return;
  const side = document.querySelector(".source"), passage = document.querySelector(fact.hash);
  const below = passage.getBoundingClientRect().top - side.getBoundingClientRect().top;
  side.scrollTop += below - side.clientHeight / 3;
});
