import { offer } from "./offered";

offer();

// While it starts, the frontend puts a registry and an HTMLElement of its own (a polyfill) in the place of the browser's:
// what was defined before is not found any more, and what was derived from the browser's HTMLElement cannot be made. Which
// of the two files is there first nobody knows; the frontend's root element is in the registry that stays. So the classes,
// too, are made only then: the import is of a part of this very file.
void customElements
  .whenDefined("home-assistant")
  .then(() => import("./elements"))
  .then(({ define }) => define());
