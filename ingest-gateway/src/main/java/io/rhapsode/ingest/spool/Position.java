/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The file with the offset from which on entries are wanted: eight bytes, big-endian. Held by one process at a time. */
final class Position implements AutoCloseable {

    private final FileChannel file;
    private final ByteBuffer number = ByteBuffer.allocateDirect(Long.BYTES);
    private long offset;

    private Position(FileChannel file) {
        this.file = file;
    }

    /** @throws IllegalStateException if another process has it */
    static Position open(Path folder) throws IOException {
        var file = FileChannel.open(
                folder.resolve("position"),
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        if (!isFree(file)) {
            file.close();
            throw new IllegalStateException("the spool " + folder + " is in use by another gateway");
        }
        var position = new Position(file);
        if (file.read(position.number, 0) == Long.BYTES) {
            position.offset = position.number.getLong(0);
        }
        return position;
    }

    private static boolean isFree(FileChannel file) throws IOException {
        try {
            return file.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    long offset() {
        return offset;
    }

    void move(long to) throws IOException {
        offset = to;
        file.write(number.clear().putLong(to).flip(), 0);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
