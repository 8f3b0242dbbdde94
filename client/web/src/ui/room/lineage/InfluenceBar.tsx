/** A part of a whole, as a bar; the number stands beside it. */
export function InfluenceBar({ share }: { share: number }) {
  return (
    <span className="at-influence" aria-hidden="true">
      <span style={{ width: `${Math.max(0, Math.min(1, share)) * 100}%` }} />
    </span>
  )
}
