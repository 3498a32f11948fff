package identity

import (
	"bytes"
	"encoding/binary"
)

// The markers of JPEG (ITU-T T.81, table B.1) that are told apart.
const (
	markerStart = 0xd8
	markerEnd   = 0xd9
	markerScan  = 0xda
	markerApp0  = 0xe0
	markerApp1  = 0xe1
	markerApp2  = 0xe2
	markerApp14 = 0xee
	markerApp15 = 0xef
	markerText  = 0xfe
)

// jpeg goes by the segments of JPEG, up to the end of the first picture: behind it phones put
// others, and films.
func (p *pictureFile) jpeg() {
	p.keep(2)
	turned := false
	for !p.broken {
		marker := p.marker()
		switch {
		case p.broken:
		case marker == markerEnd:
			p.kept = append(p.kept, 0xff, markerEnd)
			return
		case standsAlone(marker):
			p.kept = append(p.kept, 0xff, marker)
		default:
			segment := p.segment()
			if side := upright(segment); marker == markerApp1 && side > 1 && !turned {
				p.kept, turned = append(append(p.kept, uprightExif...), side, 0, 0, 0, 0, 0, 0), true
			}
			if shows(marker, segment) {
				p.kept = append(append(p.kept, 0xff, marker), segment...)
			}
			if marker == markerScan {
				p.scan()
			}
		}
	}
}

// marker is the next one; any number of 0xff may stand before it. What else does is passed over, as by
// all who show pictures.
func (p *pictureFile) marker() byte {
	for !p.broken {
		p.take(bytes.IndexByte(p.rest, 0xff)) // a broken file has none
		m := byte(0xff)
		for m == 0xff && !p.broken {
			m = p.take(1)[0]
		}
		if m != 0 {
			return m
		}
	}
	return 0
}

// standsAlone reports whether nothing belongs to a marker: to a restart, and the one that is for
// temporary use.
func standsAlone(marker byte) bool { return marker == 0x01 || marker >= 0xd0 && marker <= markerStart }

// segment is what belongs to a marker, with the length that it begins with.
func (p *pictureFile) segment() []byte {
	if len(p.rest) < 2 {
		p.broken = true
		return nil
	}
	size := int(binary.BigEndian.Uint16(p.rest))
	if size < 2 {
		p.broken = true
	}
	return p.take(size)
}

// scan keeps the points that follow the head of a scan, up to the next marker. A file that is
// cut off there ends there: it shows what has arrived.
func (p *pictureFile) scan() {
	end := 0
	for ; end < len(p.rest); end++ {
		if p.rest[end] != 0xff {
			continue
		}
		if end+1 == len(p.rest) {
			break
		}
		if next := p.rest[end+1]; next != 0 && next != 0xff && !standsAlone(next) {
			break
		}
	}
	p.keep(end)
	if len(p.rest) < 2 {
		p.rest = []byte{0xff, markerEnd}
	}
}

// shows reports whether a segment has to do with how the picture looks: of those for applications, the
// head, the colour profile and Adobe's kind of colours.
func shows(marker byte, segment []byte) bool {
	begins := func(with string) bool { return len(segment) > 2 && bytes.HasPrefix(segment[2:], []byte(with)) }
	switch marker {
	case markerApp0:
		return begins("JFIF\x00")
	case markerApp2:
		return begins("ICC_PROFILE\x00")
	case markerApp14:
		return begins("Adobe")
	}
	return marker != markerText && (marker < markerApp0 || marker > markerApp15)
}

// uprightExif is an Exif segment that says which side is up and nothing else, but for that side
// and the zeros behind it.
var uprightExif = []byte("\xff\xe1\x00\x22Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00")

// upright is which side is up, from 2 to 8, by the orientation (0x0112) in a segment of Exif 2.3: a
// phone that is held upright turns no point, and says so there. It is 0 where nothing is said.
func upright(segment []byte) byte {
	tiff, ok := bytes.CutPrefix(segment[min(2, len(segment)):], []byte("Exif\x00\x00"))
	if !ok || len(tiff) < 8 {
		return 0
	}
	var order binary.ByteOrder = binary.BigEndian
	if tiff[0] == 'I' {
		order = binary.LittleEndian
	}
	at := uint64(order.Uint32(tiff[4:]))
	if at+2 > uint64(len(tiff)) {
		return 0
	}
	entries := tiff[at+2:]
	for n := int(order.Uint16(tiff[at:])); n > 0 && len(entries) >= 12; n-- {
		if order.Uint16(entries) == 0x0112 {
			if side := order.Uint16(entries[8:]); side >= 2 && side <= 8 {
				return byte(side)
			}
			return 0
		}
		entries = entries[12:]
	}
	return 0
}
