/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks;

import gov.nist.javax.sip.parser.StringMsgParser;
import java.io.IOException;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Three parsers that read the same messages in turns of a tenth of a second, so that each turn finds all three on the
 * same machine: one that is shared with others may become half as fast for a while, and a ratio of two measurements
 * that are a minute apart then says nothing.
 */
final class ParserTurns {

    /** Nanoseconds a message. */
    record Turn(double ours, double pkts, double jain) {
        double timesPkts() {
            return pkts / ours;
        }

        double timesJain() {
            return jain / ours;
        }
    }

    private interface Reading {
        void of(byte[] message) throws IOException, ParseException;
    }

    private final List<byte[]> messages;
    private final Blackhole sink;
    private final StringMsgParser jain = SipParseBenchmark.jain();

    ParserTurns(List<byte[]> messages) {
        this.messages = messages;
        this.sink = SipParseBenchmark.sink();
    }

    /** Turns for so long, after as long to warm up. */
    List<Turn> take(int seconds) throws IOException, ParseException {
        turnsFor(seconds);
        return turnsFor(seconds);
    }

    private List<Turn> turnsFor(int seconds) throws IOException, ParseException {
        var turns = new ArrayList<Turn>();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (System.nanoTime() - end < 0) {
            turns.add(turn());
        }
        return turns;
    }

    /** Ours, the quickest, is timed between the others and on both sides of them. */
    private Turn turn() throws IOException, ParseException {
        double before = nanos(message -> Rivals.ours(message, sink));
        double pkts = nanos(message -> Rivals.pkts(message, sink));
        double between = nanos(message -> Rivals.ours(message, sink));
        double jainTime = nanos(message -> Rivals.jain(jain, message, sink));
        double after = nanos(message -> Rivals.ours(message, sink));
        return new Turn((before + between + after) / 3, pkts, jainTime);
    }

    private double nanos(Reading reading) throws IOException, ParseException {
        long begin = System.nanoTime();
        for (byte[] message : messages) {
            reading.of(message);
        }
        return (System.nanoTime() - begin) / (double) messages.size();
    }

    /** The value that this share of the turns does not exceed. */
    static double quantile(List<Turn> turns, ToDoubleFunction<Turn> value, double share) {
        double[] sorted = turns.stream().mapToDouble(value).sorted().toArray();
        return sorted[(int) Math.min(sorted.length * share, sorted.length - 1.0)];
    }
}
