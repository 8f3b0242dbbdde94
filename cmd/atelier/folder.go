package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// folder is a server's data folder, held by one server at a time.
type folder struct {
	path string
	lock *os.File
}

func databaseIn(path string) string { return filepath.Join(path, "atelier.db") }
func assetsIn(path string) string   { return filepath.Join(path, "assets") }

// recordingsIn is where calls are recorded until they are assets.
func recordingsIn(path string) string { return filepath.Join(path, "recordings") }

// holdFolder makes the folder when it is not there and locks it. The kernel lets go of the lock with the process, so a
// kill leaves nothing behind.
func holdFolder(path string) (*folder, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	lock, err := os.OpenFile(filepath.Join(path, "lock"), os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // the operator's own folder
	if err != nil {
		return nil, fmt.Errorf("lock the data folder: %w", err)
	}
	err = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return &folder{path: path, lock: lock}, nil
	}
	_ = lock.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, fmt.Errorf("the data folder %s is used by another atelier", path)
	}
	return nil, fmt.Errorf("lock the data folder: %w", err)
}

func (f *folder) release() { _ = f.lock.Close() }

const secretBytes = 32

// readSecret reads the key that signs session tokens.
func readSecret(path string) ([]byte, error) {
	file := filepath.Join(path, "secret")
	key, err := os.ReadFile(file) //nolint:gosec // the operator's own folder
	if err != nil {
		return nil, fmt.Errorf("read the signing secret: %w", err)
	}
	if len(key) != secretBytes {
		return nil, fmt.Errorf("%s has %d bytes, want %d: delete it, and members rejoin as new sessions", file, len(key), secretBytes)
	}
	return key, nil
}

// secret is [readSecret]; the first start makes the key. It is written whole under another name first, so that a crash
// leaves no half of a key.
func (f *folder) secret() ([]byte, error) {
	key, err := readSecret(f.path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	file := filepath.Join(f.path, "secret")
	key = make([]byte, secretBytes)
	_, _ = rand.Read(key) // never fails (crypto/rand)
	if err := os.WriteFile(file+".new", key, 0o600); err != nil {
		return nil, fmt.Errorf("keep the signing secret: %w", err)
	}
	if err := os.Rename(file+".new", file); err != nil {
		return nil, fmt.Errorf("keep the signing secret: %w", err)
	}
	return key, nil
}
