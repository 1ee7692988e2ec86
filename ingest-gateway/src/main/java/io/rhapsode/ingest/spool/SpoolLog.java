/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.spool;

import io.rhapsode.service.Complaint;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Entries in files of bounded size, in a folder of bounded size, first in, first out. Every entry has an offset, which
 * only grows, with gaps; a file is named by the offset of its first entry. The offset from which on entries are still
 * wanted is kept too, so that the next run goes on there, however this one ends.
 */
final class SpoolLog implements AutoCloseable {

    /** Why an entry was not taken. */
    static final String FULL = "spool-full";

    static final String ERROR = "spool-error";
    static final String TOO_LARGE = "too-large";

    private static final Logger LOG = LoggerFactory.getLogger(SpoolLog.class);

    private static final int BUFFER = 2 * Entry.LARGEST;
    private static final int MOST_IN_A_FILE = 64 << 20;

    /** Offsets left free for what is in flight when a chapter begins. */
    static final long GAP = 1L << 40;

    private static final Pattern NAME = Pattern.compile("(\\d{19})\\.(log|flight)");

    /**
     * A file.
     *
     * @param size bytes that can be read
     * @param flight whether it has what was in flight, see {@link #keepFlight}
     * @param growing whether more may come
     */
    record Part(long base, Path file, long size, boolean flight, boolean growing) {
        long end() {
            return base + size;
        }
    }

    private final Path folder;
    private final long most;
    private final Position position;
    private final NavigableMap<Long, Part> closed = new TreeMap<>();
    private final Set<Path> unsynced = new HashSet<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
    private FileChannel channel;
    private long base;
    private long end;
    private long flightBase;
    private Path flight;
    private volatile long bytes;
    private final Complaint unsaved = new Complaint();
    private volatile String trouble;

    private SpoolLog(Path folder, long most, Position position) {
        this.folder = folder;
        this.most = most;
        this.position = position;
    }

    /**
     * @param most bytes of entries, over all files
     * @throws IllegalStateException if the folder cannot be used, or another gateway uses it
     */
    static SpoolLog open(Path folder, long most) {
        try {
            Files.createDirectories(folder);
            var log = new SpoolLog(folder, most, Position.open(folder));
            log.find();
            return log;
        } catch (IOException e) {
            throw new IllegalStateException("cannot use the spool " + folder + ": " + e, e);
        }
    }

    private void find() throws IOException {
        end = position.offset();
        try (var files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                var name = NAME.matcher(file.getFileName().toString());
                if (name.matches()) {
                    long first = Long.parseLong(name.group(1));
                    add(new Part(first, file, Files.size(file), name.group(2).equals("flight"), false));
                }
            }
        }
        drop(position.offset());
        base = end;
        newChapter();
    }

    private void add(Part part) {
        closed.put(part.base, part);
        bytes += part.size;
        end = Math.max(end, part.end());
    }

    /** Begins a new file at the next entry, and leaves room before it for what is in flight now. */
    synchronized void newChapter() {
        closeFile();
        flightBase = end;
        end += GAP;
        base = end;
    }

    /**
     * Takes an entry. Returns at once, or after writing to the page cache.
     *
     * @return null if it has it, else the reason why not
     */
    synchronized String append(Entry entry) {
        int room = entry.room();
        if (room > Entry.LARGEST) {
            return TOO_LARGE;
        }
        if (bytes + room > most) {
            return FULL;
        }
        boolean next = end > base && end - base + room > fileSize();
        if ((next || buffer.remaining() < room) && (trouble != null || !write())) {
            return ERROR;
        }
        if (next) {
            closeFile();
            base = end;
        }
        int before = buffer.position();
        entry.write(buffer);
        int size = buffer.position() - before;
        end += size;
        bytes += size;
        return null;
    }

    private long fileSize() {
        return Math.min(MOST_IN_A_FILE, most / 8);
    }

    /** Hands what was taken to the operating system; from then on it outlives this process. */
    synchronized void flush() {
        if (trouble == null) {
            write();
        }
    }

    /** The same after a failure: tries again. */
    synchronized boolean retry() {
        return write();
    }

    private boolean write() {
        buffer.flip();
        try {
            while (buffer.hasRemaining()) {
                if (channel == null) {
                    channel = FileChannel.open(file(base, "log"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    // After a failure the file may have more or less than was reported.
                    channel.position(end - buffer.remaining() - base);
                    unsynced.add(file(base, "log"));
                }
                channel.write(buffer);
            }
            trouble = null;
            return true;
        } catch (IOException e) {
            if (trouble == null) {
                LOG.error("Cannot write the spool, and try again: {}", e.toString());
            }
            trouble = "cannot write the spool: " + e;
            closeQuietly();
            return false;
        } finally {
            buffer.compact();
        }
    }

    private void closeQuietly() {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            LOG.debug("Closing a file of the spool", e);
        }
        channel = null;
    }

    private void closeFile() {
        flush();
        closeQuietly();
        // What a full disk did not take goes to the next file, without moving.
        long written = end - buffer.position();
        if (written > base) {
            closed.put(base, new Part(base, file(base, "log"), written - base, false, false));
        }
        base = written;
    }

    private Path file(long first, String kind) {
        return folder.resolve("%019d.%s".formatted(first, kind));
    }

    /** The file that has the first entry at or after the offset; the entries of this run's flight are no part of it. */
    synchronized Optional<Part> part(long offset) {
        var before = closed.floorEntry(offset);
        if (before != null && before.getValue().end() > offset) {
            return Optional.of(before.getValue());
        }
        var after = closed.higherEntry(offset);
        if (after != null) {
            return Optional.of(after.getValue());
        }
        long written = end - buffer.position();
        return written > Math.max(base, offset)
                ? Optional.of(new Part(base, file(base, "log"), written - base, false, true))
                : Optional.empty();
    }

    /** Whether nothing is after the offset. */
    synchronized boolean isEnd(long offset) {
        return offset >= end || (buffer.position() == 0 && part(offset).isEmpty());
    }

    /** The offset of the first entry of the chapter that began last, whether it is there yet or not. */
    synchronized long chapter() {
        return flightBase + GAP;
    }

    /** The offset from which on entries are wanted, as the last run left it or as told since. */
    synchronized long from() {
        return position.offset();
    }

    /** Entries before the offset are wanted no more, by this run or the next. */
    synchronized void from(long offset) {
        if (offset > position.offset()) {
            try {
                position.move(offset);
            } catch (IOException e) {
                trouble = "cannot write the spool's position: " + e;
            }
            drop(offset);
        }
    }

    private void drop(long offset) {
        while (!closed.isEmpty() && closed.firstEntry().getValue().end() <= offset) {
            Part part = closed.remove(closed.firstKey());
            bytes -= part.size;
            delete(part.file);
        }
    }

    private void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.error("Cannot delete a file of the spool: {}", e.toString());
        }
    }

    /** Keeps what is in flight, for the case that this process does not live to see it arrive; replaces what was kept. */
    synchronized void keepFlight(Iterable<Entry> entries) throws IOException {
        Path written = folder.resolve("flight.new");
        try (var file = new BufferedOutputStream(Files.newOutputStream(written))) {
            for (Entry entry : entries) {
                var bytes = ByteBuffer.allocate(entry.room());
                entry.write(bytes);
                file.write(bytes.array(), 0, bytes.position());
            }
        }
        flight = file(flightBase, "flight");
        Files.move(written, flight, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        unsynced.add(flight);
    }

    /** What was in flight has arrived. */
    synchronized void dropFlight() {
        if (flight != null) {
            delete(flight);
            flight = null;
        }
    }

    /** Puts on the disk itself what the operating system still has in memory, for the case that the machine dies. */
    void sync() {
        List<Path> files;
        synchronized (this) {
            flush();
            files = List.copyOf(unsynced);
            unsynced.clear();
            if (channel != null) {
                unsynced.add(file(base, "log"));
            }
        }
        for (Path file : files) {
            try (var written = FileChannel.open(file, StandardOpenOption.WRITE)) {
                written.force(false);
            } catch (NoSuchFileException e) {
                LOG.debug("{} is wanted no more", file);
            } catch (IOException e) {
                unsaved.again("Cannot put the spool on the disk: " + e, System.nanoTime())
                        .ifPresent(LOG::error);
            }
        }
    }

    /** Bytes of entries, those included that were not yet written. */
    long bytes() {
        return bytes;
    }

    /** Whether the oldest file has to go for new entries to find room. */
    boolean isNearlyFull() {
        return bytes > most - fileSize();
    }

    boolean hasRoom() {
        return trouble == null && bytes + Entry.LARGEST <= most;
    }

    Optional<String> trouble() {
        return Optional.ofNullable(trouble);
    }

    Path folder() {
        return folder;
    }

    /** Nothing that was taken is wanted any more: all files go. */
    synchronized void clear() {
        closeFile();
        from(end);
        drop(end);
    }

    @Override
    public synchronized void close() {
        flush();
        closeQuietly();
        try {
            position.close();
        } catch (IOException e) {
            LOG.debug("Closing the position", e);
        }
    }
}
