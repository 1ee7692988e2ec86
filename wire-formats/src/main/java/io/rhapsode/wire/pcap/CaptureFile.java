/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.pcap;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * The packets of a pcap or pcapng file, in the order of the file, read once from front to back. Iterating throws
 * {@link UncheckedIOException} where the file is damaged or ends within a packet, after the packets before it.
 */
public final class CaptureFile implements Iterable<CaptureRecord>, AutoCloseable {

    /** libpcap's own bound for all link types but two (MAXIMUM_SNAPLEN), as a guard against absurd lengths. */
    static final int LONGEST_PACKET = 262_144;

    private final FileBytes in;
    private final Format format;

    /** How one of the two formats yields its packets. */
    interface Format {
        /** The next packet, or null at the end of the file. */
        CaptureRecord next() throws IOException;
    }

    /** @throws IOException if the stream is empty, or neither pcap nor pcapng */
    public CaptureFile(InputStream stream) throws IOException {
        in = new FileBytes(stream);
        if (in.atEnd()) {
            throw new IOException("the file is empty");
        }
        format = format((int) in.u32());
    }

    /** @throws IOException if the file cannot be read or is neither pcap nor pcapng */
    public static CaptureFile open(Path file) throws IOException {
        var stream = Files.newInputStream(file);
        try {
            return new CaptureFile(stream);
        } catch (IOException e) {
            stream.close();
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    private Format format(int magic) throws IOException {
        return switch (magic) {
            case PcapFormat.MICROS -> new PcapFormat(in, 1000);
            case PcapFormat.NANOS -> new PcapFormat(in, 1);
            case PcapngFormat.SECTION_HEADER -> new PcapngFormat(in);
            default -> swappedFormat(Integer.reverseBytes(magic));
        };
    }

    private Format swappedFormat(int magic) throws IOException {
        in.littleEndian(true);
        return switch (magic) {
            case PcapFormat.MICROS -> new PcapFormat(in, 1000);
            case PcapFormat.NANOS -> new PcapFormat(in, 1);
            default -> throw new IOException("neither pcap nor pcapng");
        };
    }

    /** @throws IOException if no packet can be that long */
    static int packetLength(long length) throws IOException {
        if (length > LONGEST_PACKET) {
            throw new IOException("damaged capture file: a packet of " + length + " bytes");
        }
        return (int) length;
    }

    @Override
    public Iterator<CaptureRecord> iterator() {
        return new Iterator<>() {
            private CaptureRecord next;

            @Override
            public boolean hasNext() {
                if (next == null) {
                    next = read();
                }
                return next != null;
            }

            @Override
            public CaptureRecord next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                var current = next;
                next = null;
                return current;
            }
        };
    }

    private CaptureRecord read() {
        try {
            return format.next();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
