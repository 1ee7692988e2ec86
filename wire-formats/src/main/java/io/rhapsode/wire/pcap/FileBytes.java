/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.pcap;

import io.rhapsode.wire.BigEndian;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** A capture file as numbers, in the byte order of whoever wrote it. It reads ahead, and numbers make no garbage. */
final class FileBytes implements AutoCloseable {

    private final InputStream in;
    private final byte[] ahead = new byte[1 << 18];
    private int at;
    private int end;
    private boolean littleEndian;

    FileBytes(InputStream in) {
        this.in = in;
    }

    void littleEndian(boolean isLittle) {
        littleEndian = isLittle;
    }

    /** True where the file ends, and nothing of what could come next is there. */
    boolean atEnd() throws IOException {
        return !has(1);
    }

    int u16() throws IOException {
        return (int) number(2);
    }

    long u32() throws IOException {
        return number(4);
    }

    private long number(int width) throws IOException {
        expect(width);
        at += width;
        return number(ahead, at - width, width);
    }

    long number(byte[] bytes, int offset, int width) {
        long number = BigEndian.read(bytes, offset, width);
        return littleEndian ? Long.reverseBytes(number) >>> Long.SIZE - 8 * width : number;
    }

    /** @throws EOFException if fewer are left; never takes more memory than the file has bytes, and its own buffer */
    byte[] bytes(int length) throws IOException {
        if (length <= ahead.length) {
            expect(length);
            at += length;
            return Arrays.copyOfRange(ahead, at - length, at);
        }
        int here = end - at;
        byte[] rest = in.readNBytes(length - here);
        byte[] bytes = Arrays.copyOfRange(ahead, at, at + here + rest.length);
        System.arraycopy(rest, 0, bytes, here, rest.length);
        at = end;
        if (bytes.length < length) {
            throw cut("packet");
        }
        return bytes;
    }

    void skip(long length) throws IOException {
        int here = (int) Math.min(length, end - at);
        at += here;
        try {
            in.skipNBytes(length - here);
        } catch (EOFException e) {
            throw cut("block");
        }
    }

    private void expect(int length) throws IOException {
        if (!has(length)) {
            throw cut("packet");
        }
    }

    /** Reads on until so many bytes are in the buffer; false if the file ends before. */
    private boolean has(int length) throws IOException {
        if (end - at >= length) {
            return true;
        }
        System.arraycopy(ahead, at, ahead, 0, end - at);
        end -= at;
        at = 0;
        while (end < length) {
            int read = in.read(ahead, end, ahead.length - end);
            if (read < 0) {
                return false;
            }
            end += read;
        }
        return true;
    }

    private static EOFException cut(String where) {
        return new EOFException("the capture file ends within a " + where);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
