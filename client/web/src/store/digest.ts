/** SHA-256 of bytes; undefined in pages that came over plain HTTP from another machine, which browsers give no Web Crypto. */
export async function sha256(bytes: BufferSource): Promise<Uint8Array | undefined> {
  const subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle
  return subtle && new Uint8Array(await subtle.digest('SHA-256', bytes))
}

export function hex(digest: Uint8Array | undefined): string | undefined {
  return digest && Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
