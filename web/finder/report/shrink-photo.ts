/** Longest side in pixels: enough to read a label on an appliance. */
export const LONGEST_SIDE = 1_600
const THUMBNAIL_SIDE = 160
/** protocol, feedback.ts: what the server takes. */
const MAX_BYTES = 1_500_000
const QUALITIES = [0.82, 0.6, 0.4]

export interface ShrunkPhoto {
  /** JPEG without anything but the picture: drawing it anew leaves behind where and when it was taken. */
  blob: Blob
  /** A small picture for the page, as a data: address. */
  thumbnail: string
}

/** Width and height so that no side is longer than `side`; never larger than they were, never nothing. */
export function fitInto(width: number, height: number, side: number): { width: number; height: number } {
  const scale = Math.min(1, side / Math.max(width, height))
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}

/** A photo as it may travel. Undefined: the browser cannot read it as a picture. */
export async function shrinkPhoto(file: Blob): Promise<ShrunkPhoto | undefined> {
  const picture = await readPicture(file)
  if (picture === undefined) return undefined
  const drawn = draw(picture, LONGEST_SIDE)
  const thumbnail = draw(picture, THUMBNAIL_SIDE)?.toDataURL('image/jpeg', 0.7)
  if ('close' in picture) picture.close()
  if (drawn === undefined || thumbnail === undefined) return undefined
  for (const quality of QUALITIES) {
    const blob = await new Promise<Blob | null>(done => drawn.toBlob(done, 'image/jpeg', quality))
    if (blob !== null && blob.size <= MAX_BYTES) return { blob, thumbnail }
  }
  return undefined
}

type Picture = ImageBitmap | HTMLImageElement

/** Upright, as the camera meant it. */
async function readPicture(file: Blob): Promise<Picture | undefined> {
  try {
    return await createImageBitmap(file, { imageOrientation: 'from-image' })
  } catch {
    // Browsers before 2023 do not know that option, and turn an image element by themselves.
    return readAsElement(file)
  }
}

function readAsElement(file: Blob): Promise<HTMLImageElement | undefined> {
  return new Promise(resolve => {
    const reader = new FileReader()
    reader.addEventListener('error', () => resolve(undefined))
    reader.addEventListener('load', () => {
      const image = new Image()
      image.addEventListener('load', () => resolve(image))
      image.addEventListener('error', () => resolve(undefined))
      // A blob: address would be shorter, but the page's security policy takes pictures as data: alone.
      image.src = String(reader.result)
    })
    reader.readAsDataURL(file)
  })
}

function draw(picture: Picture, side: number): HTMLCanvasElement | undefined {
  const { width, height } = fitInto(picture.width, picture.height, side)
  const canvas = document.createElement('canvas')
  canvas.width = width
  canvas.height = height
  const context = canvas.getContext('2d')
  if (context === null) return undefined
  // What is transparent in a PNG would turn black in a JPEG.
  context.fillStyle = '#fff'
  context.fillRect(0, 0, width, height)
  context.drawImage(picture, 0, 0, width, height)
  return canvas
}
