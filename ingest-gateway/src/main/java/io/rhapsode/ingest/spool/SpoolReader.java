/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a {@link SpoolLog} while it grows, entry by entry. Where a file is damaged, or its last entry is torn because
 * the process or the machine died, the rest of that file is passed over.
 */
final class SpoolReader implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SpoolReader.class);

    private final SpoolLog log;
    private final ByteBuffer window = ByteBuffer.allocateDirect(2 * Entry.LARGEST);
    private SpoolLog.Part part;
    private FileChannel channel;
    private long position;
    private long damaged;

    /** @param from offset of the first entry wanted */
    SpoolReader(SpoolLog log, long from) {
        this.log = log;
        this.position = from;
        window.limit(0);
    }

    /** The offset behind the entry read last. */
    long position() {
        return position;
    }

    /** The file of the entry read last. */
    SpoolLog.Part part() {
        return part;
    }

    /** Bytes passed over. */
    long damaged() {
        return damaged;
    }

    /** @return null if there is none yet */
    Entry next() throws IOException {
        while (true) {
            if (has(Entry.HEADER)) {
                int size = Entry.size(window);
                Entry entry = size > 0 && has(size) ? Entry.read(window, size) : null;
                if (entry != null) {
                    position += size;
                    return entry;
                }
            }
            if (!goOn()) {
                return null;
            }
        }
    }

    /** Whether so many bytes can be looked at in the window, after reading more if need be. */
    private boolean has(int bytes) throws IOException {
        if (window.remaining() < bytes && part != null) {
            window.compact();
            long left = part.end() - position - window.position();
            window.limit((int) Math.min(window.capacity(), window.position() + left));
            while (window.hasRemaining() && channel.read(window, position - part.base() + window.position()) > 0) {
                // A read may give less than there is.
            }
            window.flip();
        }
        return window.remaining() >= bytes;
    }

    /** To what has been written since, or to the next file; false if there is neither. */
    private boolean goOn() throws IOException {
        if (part != null && position < part.end() && !part.growing()) {
            passOver();
        }
        Optional<SpoolLog.Part> next = log.part(position);
        if (next.isEmpty() || next.get().equals(part)) {
            return false;
        }
        if (part == null || !next.get().file().equals(part.file())) {
            close();
            channel = FileChannel.open(next.get().file(), StandardOpenOption.READ);
            position = Math.max(position, next.get().base());
        }
        part = next.get();
        return true;
    }

    private void passOver() {
        damaged += part.end() - position;
        LOG.debug("{} bytes at the end of {} are passed over", part.end() - position, part.file());
        position = part.end();
        window.position(window.limit());
    }

    /** Goes to an offset, backwards too. */
    void seek(long offset) throws IOException {
        close();
        part = null;
        window.limit(0);
        position = offset;
    }

    @Override
    public void close() throws IOException {
        if (channel != null) {
            channel.close();
            channel = null;
        }
    }
}
