export default function Executive(_: { now: number }) {
  return null;
}
