package crm

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io"
	"os"
)

// spillIndex is a hash table in a file: open addressing, at most half full. Two keys of one
// hash of 128 bits do not happen.
type spillIndex struct {
	file  *os.File
	slots uint64 // a power of two
	used  uint64
}

// spillPlace is where something lies in another file. A size of 0 marks a free slot.
type spillPlace struct{ Offset, Size int64 }

// A slot is the hash, the offset and the size.
const spillSlot = 16 + 8 + 8

func spillHash(kind, key string) (hash [16]byte) {
	sum := sha256.Sum256([]byte(kind + "\x00" + key))
	copy(hash[:], sum[:])
	return hash
}

func newSpillIndex(slots uint64) (*spillIndex, error) {
	file, err := os.CreateTemp("", "clientele-import-*")
	if err != nil {
		return nil, err
	}
	if err := file.Truncate(int64(slots) * spillSlot); err != nil {
		return nil, errors.Join(err, discard(file))
	}
	return &spillIndex{file: file, slots: slots}, nil
}

func (x *spillIndex) close() error { return discard(x.file) }

// get is the place of a hash, if it has one.
func (x *spillIndex) get(hash [16]byte) (spillPlace, bool, error) {
	_, place, err := x.find(hash)
	return place, place.Size > 0, err
}

// set gives a hash its place.
func (x *spillIndex) set(hash [16]byte, place spillPlace) error {
	slot, before, err := x.find(hash)
	if err != nil {
		return err
	}
	if err := x.write(slot, hash, place); err != nil || before.Size > 0 {
		return err
	}
	if x.used++; x.used*2 > x.slots {
		return x.grow()
	}
	return nil
}

// find is the slot of a hash, or the free one where it would be.
func (x *spillIndex) find(hash [16]byte) (slot uint64, place spillPlace, err error) {
	var raw [spillSlot]byte
	slot = binary.LittleEndian.Uint64(hash[:]) & (x.slots - 1)
	for {
		if _, err := x.file.ReadAt(raw[:], int64(slot)*spillSlot); err != nil {
			return 0, spillPlace{}, err
		}
		there, place := decodeSlot(raw)
		if place.Size == 0 || there == hash {
			return slot, place, nil
		}
		slot = (slot + 1) & (x.slots - 1)
	}
}

func (x *spillIndex) write(slot uint64, hash [16]byte, place spillPlace) error {
	var raw [spillSlot]byte
	copy(raw[:], hash[:])
	binary.LittleEndian.PutUint64(raw[16:], uint64(place.Offset))
	binary.LittleEndian.PutUint64(raw[24:], uint64(place.Size))
	_, err := x.file.WriteAt(raw[:], int64(slot)*spillSlot)
	return err
}

func decodeSlot(raw [spillSlot]byte) (hash [16]byte, place spillPlace) {
	copy(hash[:], raw[:])
	place.Offset = int64(binary.LittleEndian.Uint64(raw[16:]))
	place.Size = int64(binary.LittleEndian.Uint64(raw[24:]))
	return hash, place
}

// grow moves all to a table four times the size.
func (x *spillIndex) grow() error {
	bigger, err := newSpillIndex(x.slots * 4)
	if err != nil {
		return err
	}
	slots := bufio.NewReaderSize(io.NewSectionReader(x.file, 0, int64(x.slots)*spillSlot), 1<<16)
	for range x.slots {
		var raw [spillSlot]byte
		if _, err := io.ReadFull(slots, raw[:]); err != nil {
			return errors.Join(err, bigger.close())
		}
		hash, place := decodeSlot(raw)
		if place.Size == 0 {
			continue
		}
		if err := bigger.set(hash, place); err != nil {
			return errors.Join(err, bigger.close())
		}
	}
	err = x.close()
	*x = *bigger
	return err
}
