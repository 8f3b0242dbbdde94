import { go } from './router'

export function Wordmark() {
  return (
    <a
      className="at-wordmark"
      href="/"
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey) return
        event.preventDefault()
        go('/')
      }}
    >
      <img src="/favicon.svg" alt="" />
      Atelier
    </a>
  )
}
