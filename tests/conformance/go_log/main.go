// Checks a log with Go's own golang.org/x/mod/sumdb: the note, the tiles, inclusion of every leaf that is
// named, and consistency with an earlier checkpoint. Prints what it checked; exits 1 at the first failure.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type reader struct{ folder string }

func (r reader) Height() int                               { return 8 }
func (r reader) SaveTiles(tiles []tlog.Tile, data [][]byte) {}

// ReadTiles reads tiles where C2SP puts them: Go's path has the height in it, C2SP's has not.
func (r reader) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		content, err := os.ReadFile(r.path(tile))
		if err != nil && tile.W < 256 {
			full := tile
			full.W = 256
			if content, err = os.ReadFile(r.path(full)); err == nil {
				content = content[:tile.W*tlog.HashSize]
			}
		}
		if err != nil {
			return nil, err
		}
		all = append(all, content)
	}
	return all, nil
}

func (r reader) path(tile tlog.Tile) string {
	return filepath.Join(r.folder, strings.Replace(tile.Path(), "tile/8/", "tile/", 1))
}

func check(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func open(file string, key string) tlog.Tree {
	content, err := os.ReadFile(file)
	check(err)
	verifier, err := note.NewVerifier(key)
	check(err)
	opened, err := note.Open(content, note.VerifierList(verifier))
	check(err)
	lines := strings.Split(opened.Text, "\n")
	if lines[0] != verifier.Name() {
		check(fmt.Errorf("origin %q", lines[0]))
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err)
	root, err := base64.StdEncoding.DecodeString(lines[2])
	check(err)
	tree := tlog.Tree{N: size}
	copy(tree.Hash[:], root)
	return tree
}

func leaf(folder string, size int64, index int64) []byte {
	number := index / 256
	tile := tlog.Tile{H: 8, L: 0, N: number, W: 256}
	if left := size - number*256; left < 256 {
		tile.W = int(left)
	}
	path := strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1)
	content, err := os.ReadFile(filepath.Join(folder, path))
	check(err)
	for ; index%256 > 0; index-- {
		content = content[2+binary.BigEndian.Uint16(content):]
	}
	return content[2 : 2+binary.BigEndian.Uint16(content)]
}

func main() {
	folder, key, earlier := os.Args[1], os.Args[2], os.Args[3]
	tree := open(filepath.Join(folder, "checkpoint"), key)
	hashes := tlog.TileHashReader(tree, reader{folder})
	root, err := tlog.TreeHash(tree.N, hashes)
	check(err)
	if !bytes.Equal(root[:], tree.Hash[:]) {
		check(fmt.Errorf("the tiles give another root"))
	}
	checked := 0
	for index := int64(0); index < tree.N; index += 1 + tree.N/500 {
		proof, err := tlog.ProveRecord(tree.N, index, hashes)
		check(err)
		check(tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(leaf(folder, tree.N, index))))
		checked++
	}
	old := open(earlier, key)
	proof, err := tlog.ProveTree(tree.N, old.N, hashes)
	check(err)
	check(tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash))
	fmt.Printf("%d leaves, %d shown to be in the tree, consistent with %d\n", tree.N, checked, old.N)
}
