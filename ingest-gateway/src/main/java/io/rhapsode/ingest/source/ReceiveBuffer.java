/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.source;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;

/**
 * The one buffer a socket receives into, again and again. It has room for the longest datagram there can be in each
 * place, so that recvmmsg cannot cut one: 2 MB of address space a socket, of which only the pages that datagrams touch
 * take memory.
 */
@SuppressWarnings("deprecation") // Netty marks the base class as not for use, and offers nothing else for UDP.
final class ReceiveBuffer extends DefaultMaxMessagesRecvByteBufAllocator {

    /** What the length field of UDP can say. */
    static final int LONGEST_DATAGRAM = 65_535;

    private static final int DATAGRAMS_A_CALL = 32;

    /** After so many the thread looks at its other work. */
    private static final int DATAGRAMS_A_TURN = 16 * DATAGRAMS_A_CALL;

    private final int size;
    private final ByteBuf buffer;

    /** @param several if the socket takes many datagrams with one call */
    ReceiveBuffer(boolean several) {
        super(DATAGRAMS_A_TURN);
        size = several ? DATAGRAMS_A_CALL * LONGEST_DATAGRAM : LONGEST_DATAGRAM;
        buffer = Unpooled.directBuffer(size, size);
    }

    void release() {
        buffer.release();
    }

    @Override
    public RecvByteBufAllocator.Handle newHandle() {
        return new MaxMessageHandle() {
            @Override
            public int guess() {
                return size;
            }

            @Override
            public ByteBuf allocate(ByteBufAllocator allocator) {
                // The JDK's channel reads several times before it hands anything on: then each read needs its own.
                boolean free = buffer.refCnt() == 1;
                return free ? buffer.clear().retain() : allocator.directBuffer(size, size);
            }
        };
    }
}
