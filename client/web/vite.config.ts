import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

const server = process.env.ATELIER_URL ?? 'http://127.0.0.1:8080'

export default defineConfig({
  plugins: [react()],
  build: {
    target: 'es2022',
    // All of these know light-dark(), which must not be rewritten: the page's colours hang on it.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    manifest: true,
    // The server's Content-Security-Policy has no data: for fonts and scripts; pictures under 1 KiB may stay inline.
    assetsInlineLimit: 1024,
    // dist/.gitkeep stays, so that the Go package embeds something before the first build.
    emptyOutDir: false,
  },
  server: {
    host: '127.0.0.1',
    proxy: { '/v1': { target: server, ws: true, changeOrigin: false } },
  },
  test: {
    include: ['src/**/*.test.{ts,tsx}'],
  },
})
