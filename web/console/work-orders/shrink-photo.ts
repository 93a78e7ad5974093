/** The longer side of a photo as it is sent. */
const MAX_SIDE_PX = 1_600

/**
 * A photo as a JPEG of at most 1,600 pixels, drawn anew: a phone's own is ten times as large, and holds where it was taken.
 *
 * @throws DOMException when the file is no picture that this browser can read.
 */
export async function shrinkPhoto(file: Blob): Promise<Blob> {
  const picture = await createImageBitmap(file)
  const scale = Math.min(1, MAX_SIDE_PX / Math.max(picture.width, picture.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(picture.width * scale))
  canvas.height = Math.max(1, Math.round(picture.height * scale))
  canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height)
  picture.close()
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      blob => (blob === null ? reject(new DOMException('the photo could not be drawn')) : resolve(blob)),
      'image/jpeg',
      0.85,
    )
  })
}
