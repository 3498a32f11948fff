package server

import (
	"bufio"
	"context"
	"encoding/json"
	"mime"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/clientele-crm/clientele/crm"
)

// What an import can be answered by.
const (
	csvType    = "text/csv"             // the rows that could not be stored, to mend and send again
	ndjsonType = "application/x-ndjson" // what became of each row, and the counts last
)

// ImportSummary is what an import did, and what is wrong with the first rows that it could
// not store.
type ImportSummary struct {
	crm.ImportResult
	Rejected []crm.ImportRow `json:"rejected"` // rows that were not stored: the first 100
}

// maxRejected is how many rows a summary tells of.
const maxRejected = 100

// importAnswer has been written in part, or is written by its Body.
type importAnswer struct {
	ContentType string `header:"Content-Type"`
	Body        func(huma.Context)
}

// answerType is the first of an Accept header that an import can be answered by, or "".
func answerType(accept string) string {
	if accept == "" {
		return jsonType
	}
	for part := range strings.SplitSeq(accept, ",") {
		mediaType, params, err := mime.ParseMediaType(part)
		switch {
		case err != nil || params["q"] == "0":
		case mediaType == csvType || mediaType == ndjsonType:
			return mediaType
		case acceptsJSON(mediaType):
			return jsonType
		case mediaType == "text/*":
			return csvType
		}
	}
	return ""
}

// importStream is an answer that is written while the file still arrives. Its head is
// written with its first bytes: what goes wrong before is answered as a problem.
type importStream struct {
	*bufio.Writer
	to  *responseHead
	ctx context.Context
}

// responseHead writes the head before the body.
type responseHead struct {
	w           http.ResponseWriter
	contentType string
	begun       bool
}

func (h *responseHead) Write(b []byte) (int, error) {
	if !h.begun {
		h.begun = true
		h.w.Header().Set("Content-Type", h.contentType)
		h.w.WriteHeader(http.StatusOK)
	}
	return h.w.Write(b)
}

func newImportStream(ctx huma.Context, contentType string) *importStream {
	_, w := humago.Unwrap(ctx)
	_ = http.NewResponseController(w).EnableFullDuplex() // HTTP/2 has it always
	head := &responseHead{w: w, contentType: contentType}
	return &importStream{Writer: bufio.NewWriter(head), to: head, ctx: ctx.Context()}
}

// line writes a value as one line of JSON.
func (s *importStream) line(value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	_, err = s.Write(append(text, '\n'))
	return err
}

// end is the rest of the answer. A failure in the midst of rows is told as their last line;
// CSV has no place for it, so the connection is broken off.
func (s *importStream) end(result crm.ImportResult, err error) (*importAnswer, error) {
	if err != nil && !s.to.begun {
		return nil, importProblem(s.ctx, result, err)
	}
	var last any = result
	if err != nil {
		last = map[string]any{"problem": importProblem(s.ctx, result, err)}
	}
	return &importAnswer{ContentType: s.to.contentType, Body: func(huma.Context) {
		if s.to.contentType == ndjsonType {
			err = s.line(last)
		}
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		_ = s.Flush() // a caller who went away
	}}, nil
}

// importProblem says with the error how far the import came, if it stored anything.
func importProblem(ctx context.Context, result crm.ImportResult, err error) *Problem {
	p := problemOf(ctx, named(err, "/clearBlanks", "/clear", "/mapping", "/column", "/defaults", "/default"))
	if result.Rows > 0 {
		p.Import = &result
	}
	return p
}
