/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * A log that stays small: at its limit {@code x.log} becomes {@code x.log.1}, and the older one goes. A full disk loses
 * log text, never the writer: what could not be written is counted and noted in the log when there is room again.
 */
final class LogFile extends OutputStream {

    private static final int TAIL_BYTES = 128 * 1024;

    private final Path path;
    private final long limit;
    private OutputStream out;
    private long size;
    private long lost;

    /** @param limit bytes in one file; there are at most two */
    LogFile(Path path, long limit) throws IOException {
        this.path = path;
        this.limit = limit;
        Files.createDirectories(path.toAbsolutePath().getParent());
        open();
    }

    Path path() {
        return path;
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
        try {
            if (size + length > limit) {
                turnOver();
            }
            if (lost > 0) {
                out.write(("... " + lost + " bytes of log lost here\n").getBytes(StandardCharsets.UTF_8));
                lost = 0;
            }
            out.write(bytes, offset, length);
            size += length;
        } catch (IOException e) {
            lost += length;
        }
    }

    /** Bytes that could not be written since the last that could. */
    synchronized long lost() {
        return lost;
    }

    /** The last lines, oldest first; of the older file too if this one has just begun. */
    synchronized List<String> tail(int lines) {
        try {
            String text = lastBytes(older()) + lastBytes(path);
            List<String> all = text.lines().toList();
            return all.subList(Math.max(0, all.size() - lines), all.size());
        } catch (IOException e) {
            return List.of("cannot read " + path + ": " + e.getMessage());
        }
    }

    private static String lastBytes(Path file) throws IOException {
        if (!Files.exists(file)) {
            return "";
        }
        try (var reader = new RandomAccessFile(file.toFile(), "r")) {
            reader.seek(Math.max(0, reader.length() - TAIL_BYTES));
            var bytes = new byte[TAIL_BYTES];
            int length = Math.max(0, reader.read(bytes));
            return new String(bytes, 0, length, StandardCharsets.UTF_8);
        }
    }

    private void turnOver() throws IOException {
        out.close();
        Files.move(path, older(), StandardCopyOption.REPLACE_EXISTING);
        open();
    }

    private Path older() {
        return path.resolveSibling(path.getFileName() + ".1");
    }

    private void open() throws IOException {
        out = Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        size = Files.size(path);
    }

    @Override
    public synchronized void close() throws IOException {
        out.close();
    }
}
