/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks;

import io.rhapsode.ingest.sink.Origin;
import io.rhapsode.ingest.sink.RawRecord;
import io.rhapsode.wire.MalformedPacket;
import io.rhapsode.wire.hep.HepView;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** From the bytes of HEPv3 packets to the key and the value that Kafka is given; the packets of a call in turn. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HepDecodeBenchmark {

    private final List<byte[]> packets = packets();
    private final HepView view = new HepView();
    private final Origin origin = new Origin("load", "dus", "127.0.0.1:40000");
    private int next;

    private static List<byte[]> packets() {
        return CallLoad.templates("decode").stream()
                .map(template -> {
                    template.stamp(1_234_567, 1_795_445_022_748_667L);
                    byte[] bytes = new byte[template.datagram.capacity()];
                    template.datagram.duplicate().rewind().get(bytes);
                    return bytes;
                })
                .toList();
    }

    /** Mean length of the packets in bytes. */
    static double packetBytes() {
        return packets().stream().mapToInt(bytes -> bytes.length).average().orElseThrow();
    }

    /** Mean length of key and value in bytes, with the 16 bytes of an array's header, rounded up to 8 each. */
    static double handedBytes() throws MalformedPacket {
        var benchmark = new HepDecodeBenchmark();
        long sum = 0;
        for (byte[] packet : benchmark.packets) {
            benchmark.view.read(packet, 0, packet.length);
            sum += onHeap(RawRecord.key(benchmark.view).length);
            sum += onHeap(RawRecord.ofThread().encode(benchmark.view, 1_795_445_022_748_667L, benchmark.origin).length);
        }
        return (double) sum / benchmark.packets.size();
    }

    private static long onHeap(int length) {
        return (16L + length + 7) / 8 * 8;
    }

    @Benchmark
    public void toRecord(Blackhole kafka) throws MalformedPacket {
        next = next == packets.size() - 1 ? 0 : next + 1;
        byte[] packet = packets.get(next);
        view.read(packet, 0, packet.length);
        kafka.consume(RawRecord.key(view));
        kafka.consume(RawRecord.ofThread().encode(view, 1_795_445_022_748_667L, origin));
    }
}
