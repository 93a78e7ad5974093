import sharp from 'sharp'
import { ApiProblem } from '../errors.ts'
import { sniffPhoto } from './sniff.ts'

/** Of a photo as it is kept, for staff. */
const MAX_SIDE_PX = 1_600
/** Of a photo as the public sees it (protocol, stationDetailSchema). */
const MAX_PUBLIC_WIDTH_PX = 1_280
/**
 * Beyond this a picture is refused before it is unpacked: 50 megapixels are what phones' sensors have, 150 MB as pixels. A file of
 * a megabyte may claim a hundred times that.
 */
const MAX_PIXELS = 50_000_000
/** Good enough to read an appliance's label (chosen). */
const QUALITY = 80
/** Of what libvips may take for one picture; a phone's takes far less. */
const TIMEOUT_S = 10

// One picture is drawn by one thread, and nothing is kept of it: the server has other work.
sharp.concurrency(1)
sharp.cache(false)

/**
 * A visitor's photo, drawn anew: upright, at most 1,600 pixels a side, JPEG, with nothing in it but its pixels. Location, camera,
 * thumbnail, comments and whatever was hidden behind the picture's end are gone.
 *
 * @throws ApiProblem `wrong_media_type` when it is no picture of a kind that is taken, or is damaged; `too_large` when it has too many pixels.
 */
export async function redrawPhoto(bytes: Uint8Array): Promise<Buffer> {
  const kind = sniffPhoto(bytes)
  if (kind === undefined) throw new ApiProblem('wrong_media_type', 'body: expected a JPEG, PNG or WebP picture')
  return drawn(bytes, kind, { width: MAX_SIDE_PX, height: MAX_SIDE_PX })
}

/** A photo that was kept, as the public is to see it. */
export async function drawForPublic(kept: Uint8Array): Promise<Buffer> {
  return drawn(kept, 'jpeg', { width: MAX_PUBLIC_WIDTH_PX })
}

async function drawn(
  bytes: Uint8Array,
  kind: 'jpeg' | 'png' | 'webp',
  size: { width: number; height?: number },
): Promise<Buffer> {
  try {
    // The first picture of an animation; a cut file is an error rather than half a picture.
    const picture = sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'error', pages: 1, autoOrient: true })
    const { format, width, height } = await picture.metadata()
    if (format !== kind) throw new ApiProblem('wrong_media_type', 'body: is not what its first bytes say')
    if (width * height > MAX_PIXELS) throw tooManyPixels()
    return await picture
      .resize({ ...size, fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .timeout({ seconds: TIMEOUT_S })
      .jpeg({ quality: QUALITY, progressive: true })
      .toBuffer()
  } catch (cause) {
    if (cause instanceof ApiProblem) throw cause
    // libvips has no codes; this one text decides between two 4xx answers and nothing else.
    if (cause instanceof Error && cause.message.includes('pixel limit')) throw tooManyPixels()
    throw new ApiProblem('wrong_media_type', 'body: the picture cannot be read', { cause })
  }
}

function tooManyPixels(): ApiProblem {
  return new ApiProblem('too_large', `body: the picture has more than ${MAX_PIXELS / 1e6} megapixels`)
}
