package crm

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// isLines reports whether a file is of JSON lines.
func isLines(start []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(start, " \t\r\n"), []byte("{"))
}

// linesFile reads JSON lines as an export writes them; what else a line has is ignored.
func linesFile(source *bufio.Reader) *importFile {
	lines := &lineReader{r: source}
	return &importFile{header: cardColumns, comma: ',', cards: true, read: func() (importRecord, error) {
		for {
			line, err := lines.next(maxImportRecord)
			switch {
			case errors.Is(err, errRecordTooLong):
				return importRecord{line: lines.number, err: err}, nil
			case errors.Is(err, io.EOF):
				return importRecord{}, io.EOF
			case err != nil:
				return importRecord{}, err
			case len(bytes.TrimSpace(line)) == 0:
				continue
			}
			var c importedLine
			if err := json.Unmarshal(line, &c); err != nil {
				return importRecord{line: lines.number, err: noContact(err)}, nil
			}
			return importRecord{line: lines.number, cells: c.cells(), size: len(line)}, nil
		}
	}}
}

// noContact is in words why a line is no contact.
func noContact(err error) error {
	var wrong *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return errors.New("the line is not JSON")
	case errors.As(err, &wrong) && wrong.Field == "":
		return errors.New("the line is not an object")
	case errors.As(err, &wrong):
		isStruct := func(part string) bool { return part != "" && unicode.IsUpper(rune(part[0])) } // of Go, and not of the line
		field := strings.Join(slices.DeleteFunc(strings.Split(wrong.Field, "."), isStruct), ".")
		return fmt.Errorf("%s of a contact cannot be a %s", field, wrong.Value)
	}
	return errors.New("an id or a time of the contact is none")
}

// importedLine is an [ExportedContact] that may lack whether it is active.
type importedLine struct {
	ExportedContact
	Active *bool `json:"active"`
}

// cells are those of a card with the same contact.
func (c *importedLine) cells() []string {
	cells := map[string]string{
		"name": c.Name, fieldPhone: string(c.Phone), fieldEmail: string(c.Email), fieldOtherAddresses: joinAddresses(c.OtherAddresses),
		fieldID: idText(c.ID.UUID), fieldOwnerID: idText(c.OwnerID.UUID), fieldTags: joinTags(c.Tags), fieldCategory: c.Category,
	}
	if c.Active != nil {
		cells[fieldActive] = strconv.FormatBool(*c.Active)
	}
	for field, text := range importTexts {
		cells[field] = *text(&c.NewContact)
	}
	row := make([]string, len(cardColumns))
	for i, column := range cardColumns {
		row[i] = cells[column]
	}
	return row
}
