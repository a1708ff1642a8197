/** The owl. */
export const Brand = () => (
  <span aria-hidden className="grid size-6 shrink-0 place-items-center rounded-md bg-accent-solid">
    <svg viewBox="0 0 32 32" className="size-6" fill="none" stroke="#fff" strokeWidth="2.4">
      <title>Glaux</title>
      <circle cx="11" cy="14.5" r="4.6" />
      <circle cx="21" cy="14.5" r="4.6" />
      <circle cx="11" cy="14.5" r="1.7" fill="#fff" stroke="none" />
      <circle cx="21" cy="14.5" r="1.7" fill="#fff" stroke="none" />
      <path d="M16 18.2l-1.9 3.2 1.9 3.2 1.9-3.2z" fill="#fff" stroke="none" />
    </svg>
  </span>
);
