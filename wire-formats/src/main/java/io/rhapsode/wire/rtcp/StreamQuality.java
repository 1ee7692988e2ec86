/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.rtcp;

import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * What a report says of one stream of RTP in one direction. What it does not say is absent: a number is NaN, a text "",
 * an SSRC 0. What was computed here, and was not in the report, is marked. Not for two threads at a time.
 */
public final class StreamQuality {

    /** The stream's direction as seen by who reports. */
    public enum Direction {
        UNKNOWN,
        SENT,
        RECEIVED
    }

    private final Direction direction;
    private final Map<Metric, Double> values = new EnumMap<>(Metric.class);
    private final Set<Metric> computed = EnumSet.noneOf(Metric.class);

    private long ssrc;
    private String source = "";
    private String destination = "";
    private Codec codec = Codec.UNKNOWN;
    private boolean codecAssumed;
    private boolean jitterInUnits;

    public StreamQuality(Direction direction) {
        this.direction = direction;
    }

    public Direction direction() {
        return direction;
    }

    /** Of the stream's source (RFC 3550 section 3). */
    public long ssrc() {
        return ssrc;
    }

    StreamQuality ssrc(long ssrc) {
        this.ssrc = ssrc;
        return this;
    }

    /** Where the stream comes from, as the report has it: "address:port" or "address". */
    public String source() {
        return source;
    }

    /** Where it goes to. */
    public String destination() {
        return destination;
    }

    StreamQuality between(String source, String destination) {
        this.source = source;
        this.destination = destination;
        return this;
    }

    public Codec codec() {
        return codec;
    }

    StreamQuality codec(Codec codec) {
        this.codec = codec;
        return this;
    }

    /** True if the quality was computed as if the codec were G.711, because nobody told which it is. */
    public boolean codecAssumed() {
        return codecAssumed;
    }

    void assumeCodec() {
        codecAssumed = true;
    }

    /** True if jitter came in units of a clock that was taken for one of 8,000 Hz, because nobody told which it is. */
    public boolean clockRateAssumed() {
        return jitterInUnits && codec.clockRate() == 0;
    }

    /** Puts jitter that is in units of the codec's clock, or of one of 8,000 Hz where the codec is not known. */
    StreamQuality jitterUnits(double units) {
        jitterInUnits = true;
        int rate = codec.clockRate() == 0 ? Codec.DEFAULT_CLOCK_RATE : codec.clockRate();
        return put(Metric.JITTER_MS, units * 1_000 / rate);
    }

    /** The value; NaN if it is not known. */
    public double get(Metric metric) {
        return values.getOrDefault(metric, Double.NaN);
    }

    public boolean has(Metric metric) {
        return values.containsKey(metric);
    }

    /** True if the value is not the reporter's but was computed from what it reported. */
    public boolean isComputed(Metric metric) {
        return computed.contains(metric);
    }

    /** All values there are, in the order of the metrics. */
    public Map<Metric, Double> values() {
        return Collections.unmodifiableMap(values);
    }

    /** Puts a reported value, to three decimals; NaN and what is out of all reason is as good as none. */
    StreamQuality put(Metric metric, double value) {
        boolean possible = Math.abs(value) <= 1e12 && (value >= 0 || metric == Metric.PACKETS_LOST);
        if (possible) {
            computed.remove(metric);
            values.put(metric, Math.rint(value * 1_000) / 1_000);
        }
        return this;
    }

    StreamQuality putComputed(Metric metric, double value) {
        if (!has(metric) && put(metric, value).has(metric)) {
            computed.add(metric);
        }
        return this;
    }
}
