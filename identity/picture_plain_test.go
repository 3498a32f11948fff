package identity

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// secret is what no picture should tell.
const secret = "51.5014N 0.1419W"

// drawn is a picture of a few colours.
func drawn() *image.Paletted {
	p := image.NewPaletted(image.Rect(0, 0, 40, 30), color.Palette{color.White, color.Black, color.RGBA{200, 30, 30, 255}, color.RGBA{30, 90, 200, 255}})
	for i := range p.Pix {
		p.Pix[i] = byte(i * i / 7 % 4) //nolint:gosec // it is less than 4
	}
	return p
}

// jpegWith is a JPEG with segments behind its start.
func jpegWith(t testing.TB, segments string) string {
	var b bytes.Buffer
	require.NoError(t, jpeg.Encode(&b, drawn(), nil))
	return b.String()[:2] + segments + b.String()[2:]
}

func segmentOf(marker byte, content string) string {
	return string(binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(content)+2))) + content //nolint:gosec // short
}

// exif says which side is up, in the one order of bytes or the other, and where it was.
func exif(order binary.AppendByteOrder, side uint16) string {
	tiff := []byte("MM")
	if order.String() == binary.LittleEndian.String() {
		tiff = []byte("II")
	}
	tiff = order.AppendUint32(order.AppendUint16(tiff, 42), 8)
	tiff = order.AppendUint16(tiff, 2)
	tiff = append(order.AppendUint32(order.AppendUint16(order.AppendUint16(tiff, 0x010e), 2), uint32(len(secret))), 38, 0, 0, 0)
	tiff = append(order.AppendUint16(order.AppendUint32(order.AppendUint16(order.AppendUint16(tiff, 0x0112), 3), 1), side), 0, 0)
	return segmentOf(0xe1, "Exif\x00\x00"+string(tiff)+secret)
}

func pngWith(t testing.TB, chunk string) string {
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, drawn()))
	end := b.Len() - 12 // before IEND
	return b.String()[:end] + chunk + b.String()[end:]
}

func chunkOf(kind, content string) string {
	sum := binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(kind+content)))
	return string(binary.BigEndian.AppendUint32(nil, uint32(len(content)))) + kind + content + string(sum) //nolint:gosec // short
}

func gifWith(t testing.TB, extension string) string {
	var b bytes.Buffer
	second := drawn()
	second.SetColorIndex(3, 3, 2)
	require.NoError(t, gif.EncodeAll(&b, &gif.GIF{Image: []*image.Paletted{drawn(), second}, Delay: []int{10, 20}, LoopCount: 3}))
	return b.String()[:b.Len()-1] + extension + ";"
}

// webpWith is a picture of one point, in the extended form, with a chunk behind it.
func webpWith(chunk string) string {
	const lossless = "VP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00"
	body := "WEBPVP8X\x0a\x00\x00\x00\x0c\x00\x00\x00\x00\x00\x00\x00\x00\x00" + lossless + chunk
	return "RIFF" + string(binary.LittleEndian.AppendUint32(nil, uint32(len(body)))) + body //nolint:gosec // short
}

func riffOf(kind, content string) string {
	padded := content + strings.Repeat("\x00", len(content)%2)
	return kind + string(binary.LittleEndian.AppendUint32(nil, uint32(len(content)))) + padded //nolint:gosec // short
}

// pictures that tell more than they show, by what they are.
func telling(t testing.TB) map[string]string {
	return map[string]string{
		"jpeg Exif":          jpegWith(t, exif(binary.BigEndian, 6)),
		"jpeg Exif of Intel": jpegWith(t, exif(binary.LittleEndian, 3)),
		"jpeg XMP":           jpegWith(t, segmentOf(0xe1, "http://ns.adobe.com/xap/1.0/\x00"+secret)),
		"jpeg IPTC":          jpegWith(t, segmentOf(0xed, "Photoshop 3.0\x00"+secret)),
		"jpeg comment":       jpegWith(t, segmentOf(0xfe, secret)),
		"jpeg more pictures": jpegWith(t, segmentOf(0xe2, "MPF\x00"+secret)) + jpegWith(t, exif(binary.BigEndian, 1)),
		"jpeg thumbnail":     jpegWith(t, segmentOf(0xe0, "JFXX\x00"+secret)),
		"png text":           pngWith(t, chunkOf("tEXt", "Comment\x00"+secret)),
		"png XMP":            pngWith(t, chunkOf("iTXt", "XML:com.adobe.xmp\x00"+secret)),
		"png Exif":           pngWith(t, chunkOf("eXIf", secret)),
		"png appendix":       pngWith(t, "") + secret,
		"gif comment":        gifWith(t, "!\xfe"+string(byte(len(secret)))+secret+"\x00"),
		"gif XMP":            gifWith(t, "!\xff\x0bXMP DataXMP"+string(byte(len(secret)))+secret+"\x00"),
		"gif appendix":       gifWith(t, "") + secret,
		"webp Exif":          webpWith(riffOf("EXIF", secret)),
		"webp XMP":           webpWith(riffOf("XMP ", secret+".")),
	}
}

func TestAPlainPictureShowsTheSameAndTellsNoMore(t *testing.T) {
	t.Parallel()
	for name, file := range telling(t) {
		format, _, _ := strings.Cut(name, " ")
		require.Contains(t, file, secret, name)
		plain, err := plainPicture(format, []byte(file))
		require.NoError(t, err, name)
		require.NotContains(t, string(plain), secret, name)
		was, _, err := image.Decode(strings.NewReader(file))
		require.NoError(t, err, name)
		is, _, err := image.Decode(bytes.NewReader(plain))
		require.NoError(t, err, name)
		require.Equal(t, was, is, name)
		again, err := plainPicture(format, plain)
		require.NoError(t, err, name)
		require.Equal(t, plain, again, name)
	}
}

func TestAPlainPictureKeepsWhatItLooksLike(t *testing.T) {
	t.Parallel()
	profile, colours := segmentOf(0xe2, "ICC_PROFILE\x00\x01\x01a profile"), segmentOf(0xe0, "JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00")
	kept, err := plainPicture("jpeg", []byte(jpegWith(t, colours+exif(binary.LittleEndian, 8)+profile)))
	require.NoError(t, err)
	require.Equal(t, jpegWith(t, colours+segmentOf(0xe1, "Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x08\x00\x00\x00\x00\x00\x00")+profile), string(kept), "the side that is up, and the colours")
	require.EqualValues(t, 8, upright(kept[len(colours)+4:]))

	animated, err := plainPicture("gif", []byte(gifWith(t, "")))
	require.NoError(t, err)
	require.Equal(t, gifWith(t, ""), string(animated), "how often and how fast")

	moving := pngWith(t, chunkOf("acTL", "\x00\x00\x00\x01\x00\x00\x00\x00")+chunkOf("gAMA", "\x00\x00\xb1\x8f"))
	same, err := plainPicture("png", []byte(moving))
	require.NoError(t, err)
	require.Equal(t, moving, string(same))

	says := []byte(webpWith(""))
	plain, err := plainPicture("webp", says)
	require.NoError(t, err)
	require.Zero(t, plain[20], "that there is neither Exif nor XMP")
	require.Len(t, plain, int(binary.LittleEndian.Uint32(plain[4:]))+8)
}

func TestAPictureThatIsCutOffIsRefused(t *testing.T) {
	t.Parallel()
	for name, file := range telling(t) {
		format, _, _ := strings.Cut(name, " ")
		if strings.HasSuffix(name, "appendix") || strings.HasSuffix(name, "more pictures") {
			continue // it ends before the cut
		}
		for _, length := range []int{0, 1, 11, 20, len(file) / 10} {
			_, err := plainPicture(format, []byte(file[:length]))
			require.ErrorIs(t, err, errPicture, "%s, of %d bytes", name, length)
		}
	}
	_, err := plainPicture("tiff", nil)
	require.ErrorIs(t, err, errPicture)
}

func FuzzPlainPicture(f *testing.F) {
	for name, file := range telling(f) {
		format, _, _ := strings.Cut(name, " ")
		f.Add(format, []byte(file))
	}
	f.Fuzz(func(t *testing.T, format string, file []byte) {
		plain, err := plainPicture(format, file)
		if err != nil || len(file) > 1<<16 {
			return
		}
		is, found, unknown := image.DecodeConfig(bytes.NewReader(file))
		if unknown != nil || found != format || is.Width*is.Height > 1<<16 {
			return
		}
		was, _, undecoded := image.Decode(bytes.NewReader(file))
		if undecoded != nil {
			return
		}
		now, _, err := image.Decode(bytes.NewReader(plain))
		require.NoError(t, err)
		require.Equal(t, was, now)
	})
}
