// Reads bodies, one in base64 a line, and says what Go makes of each: the value, then what a struct of the
// protocol's members takes from it. Nothing but the standard library.
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
)

type params struct {
	Name   json.RawMessage `json:"name,omitempty"`
	Cursor json.RawMessage `json:"cursor,omitempty"`
	TaskID json.RawMessage `json:"taskId,omitempty"`
	URI    json.RawMessage `json:"uri,omitempty"`
}

type message struct {
	JSONRPC json.RawMessage `json:"jsonrpc,omitempty"`
	ID      json.RawMessage `json:"id,omitempty"`
	Method  json.RawMessage `json:"method,omitempty"`
	Params  *params         `json:"params,omitempty"`
}

func said(value any) string {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(value) != nil {
		return "refused"
	}
	return string(bytes.TrimSpace(text.Bytes()))
}

func main() {
	lines := bufio.NewReaderSize(os.Stdin, 1<<20)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		body, _ := base64.StdEncoding.DecodeString(string(bytes.TrimSpace(line)))
		decoder := json.NewDecoder(bytes.NewReader(body))
		decoder.UseNumber()
		var value any
		whole := "refused"
		if json.Valid(body) && decoder.Decode(&value) == nil {
			whole = said(value)
		}
		var known message
		taken := "refused"
		if json.Unmarshal(body, &known) == nil {
			taken = said(known)
		}
		fmt.Printf("%s\t%s\n", whole, taken)
	}
}
