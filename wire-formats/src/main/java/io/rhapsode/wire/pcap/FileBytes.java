/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.pcap;

import io.rhapsode.wire.BigEndian;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** A capture file as numbers, in the byte order of whoever wrote it. */
final class FileBytes implements AutoCloseable {

    private final InputStream in;
    private boolean littleEndian;

    FileBytes(InputStream in) {
        this.in = in;
    }

    void littleEndian(boolean isLittle) {
        littleEndian = isLittle;
    }

    /** True where the file ends, and nothing of what could come next is there. */
    boolean atEnd() throws IOException {
        in.mark(1);
        int next = in.read();
        in.reset();
        return next < 0;
    }

    int u16() throws IOException {
        return (int) number(2);
    }

    long u32() throws IOException {
        return number(4);
    }

    private long number(int width) throws IOException {
        return number(bytes(width), 0, width);
    }

    long number(byte[] bytes, int offset, int width) {
        long number = BigEndian.read(bytes, offset, width);
        return littleEndian ? Long.reverseBytes(number) >>> Long.SIZE - 8 * width : number;
    }

    /** @throws EOFException if fewer are left; never takes more memory than the file has bytes */
    byte[] bytes(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("the capture file ends within a packet");
        }
        return bytes;
    }

    void skip(long length) throws IOException {
        try {
            in.skipNBytes(length);
        } catch (EOFException e) {
            throw new EOFException("the capture file ends within a block");
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
