package identity

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
)

// errPicture is of a file that is not built as its format is.
var errPicture = errors.New("the file is broken")

// plainPicture is the picture without what else its file has: where and when it was taken, by whom and
// with what, thumbnails of what was cut off, whatever stands behind its end. The points stay as
// they are, and so do animation, colour profile and, of a JPEG, which side is up.
//
// It leaves parts out instead of encoding the picture anew: that would take 64 MB for one, lose
// animations and quality, and there is no encoder for WebP that needs no C.
func plainPicture(format string, file []byte) ([]byte, error) {
	p := &pictureFile{rest: file, kept: make([]byte, 0, len(file)+len(uprightExif))}
	switch format {
	case "jpeg":
		p.jpeg()
	case "png":
		p.png()
	case "gif":
		p.gif()
	case "webp":
		p.webp()
	default:
		return nil, errPicture
	}
	if p.broken {
		return nil, errPicture
	}
	return p.kept, nil
}

// pictureFile is read from its front; what is kept is copied.
type pictureFile struct {
	rest, kept []byte
	broken     bool // it is shorter than it says
}

// take is the next n bytes; where there are not so many, the file is broken and they are zero.
func (p *pictureFile) take(n int) []byte {
	if n < 0 || n > len(p.rest) {
		p.broken, p.rest = true, nil
		return make([]byte, min(max(n, 0), 32))
	}
	taken := p.rest[:n]
	p.rest = p.rest[n:]
	return taken
}

func (p *pictureFile) keep(n int) []byte {
	taken := p.take(n)
	p.kept = append(p.kept, taken...)
	return taken
}

// keptChunks are those of PNG that say how the picture looks, animation included.
var keptChunks = []string{
	"IHDR", "PLTE", "IDAT", "IEND", "tRNS", "cHRM", "gAMA", "iCCP", "sBIT", "sRGB", "cICP", "mDCV", "cLLI", "bKGD", "pHYs", "sPLT", "hIST",
	"acTL", "fcTL", "fdAT",
}

// png goes by the chunks of PNG (W3C, third edition, section 5): length, type, data, checksum.
func (p *pictureFile) png() {
	p.keep(8)
	for !p.broken {
		if len(p.rest) < 8 {
			p.broken = true
			return
		}
		size, kind := binary.BigEndian.Uint32(p.rest), string(p.rest[4:8])
		if uint64(size) > uint64(len(p.rest)) {
			p.broken = true
			return
		}
		chunk := p.take(int(size) + 12)
		if slices.Contains(keptChunks, kind) {
			p.kept = append(p.kept, chunk...)
		}
		if kind == "IEND" {
			return
		}
	}
}

// gif goes by the blocks of GIF 89a. Of the extensions it keeps those that time the pictures
// and say how often they are repeated.
func (p *pictureFile) gif() {
	p.keep(6)
	p.table(p.keep(7)[4])
	shown := false
	for !p.broken {
		if len(p.rest) == 0 && shown {
			p.rest = []byte{';'} // many leave it out
		}
		switch kind := p.take(1)[0]; kind {
		case ';':
			p.kept = append(p.kept, kind)
			return
		case ',':
			shown = true
			p.kept = append(p.kept, kind)
			p.table(p.keep(9)[8])
			p.keep(1)
			p.kept = append(p.kept, p.blocks()...)
		case '!':
			label := p.take(1)[0]
			blocks := p.blocks()
			if label == 0xf9 || label == 0xff && (bytes.HasPrefix(blocks, []byte("\x0bNETSCAPE2.0")) || bytes.HasPrefix(blocks, []byte("\x0bANIMEXTS1.0"))) {
				p.kept = append(append(p.kept, '!', label), blocks...)
			}
		default:
			p.broken = true
		}
	}
}

// table keeps the colours that flags say there are.
func (p *pictureFile) table(flags byte) {
	if flags&0x80 != 0 {
		p.keep(3 << (flags&7 + 1))
	}
}

// blocks are the next ones, each after its length, up to the empty one that ends them.
func (p *pictureFile) blocks() []byte {
	from, size := p.rest, 0
	for !p.broken {
		n := int(p.take(1)[0])
		p.take(n)
		if size += 1 + n; n == 0 {
			break
		}
	}
	if p.broken {
		return nil
	}
	return from[:size]
}

// webp goes by the chunks of RIFF (RFC 9649): type, length, data, a byte more where it is odd.
func (p *pictureFile) webp() {
	p.keep(12)
	for len(p.rest) > 0 && !p.broken {
		if len(p.rest) < 8 {
			p.broken = true
			return
		}
		kind, size := string(p.rest[:4]), binary.LittleEndian.Uint32(p.rest[4:])
		if uint64(size) > uint64(len(p.rest)) {
			p.broken = true
			return
		}
		chunk := p.take(8 + int(size))
		if size%2 == 1 && len(p.rest) > 0 {
			p.take(1)
		}
		switch kind {
		case "VP8X", "VP8 ", "VP8L", "ALPH", "ANIM", "ANMF", "ICCP":
			at := len(p.kept)
			p.kept = append(p.kept, chunk...)
			if size%2 == 1 {
				p.kept = append(p.kept, 0)
			}
			if kind == "VP8X" && size > 0 {
				p.kept[at+8] &^= 0x08 | 0x04 // that there are Exif and XMP
			}
		}
	}
	if !p.broken {
		binary.LittleEndian.PutUint32(p.kept[4:], uint32(len(p.kept)-8)) //nolint:gosec // no longer than the file
	}
}
