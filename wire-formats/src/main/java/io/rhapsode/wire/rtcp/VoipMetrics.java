/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.rtcp;

/**
 * The VoIP metrics block of an extended report (RFC 3611 section 4.7), as it stands: rates and densities in 1/256,
 * durations and delays in ms, MOS in tenths; 127 stands for an R factor or a MOS that is not known, and for levels.
 *
 * @param ssrc of the source whose reception is described
 * @param signalLevel and {@code noiseLevel}, signed, in dBm0
 * @param residualEchoReturnLoss in dB
 * @param mosListening MOS-LQ, {@code mosConversational} MOS-CQ
 * @param jitterBufferNominal ms; {@code jitterBufferMaximum} its present, {@code jitterBufferAbsolute} its greatest
 *     possible delay
 */
public record VoipMetrics(
        long ssrc,
        int lossRate,
        int discardRate,
        int burstDensity,
        int gapDensity,
        int burstDuration,
        int gapDuration,
        int roundTripDelay,
        int endSystemDelay,
        int signalLevel,
        int noiseLevel,
        int residualEchoReturnLoss,
        int gmin,
        int rFactor,
        int externalRFactor,
        int mosListening,
        int mosConversational,
        int receiverConfiguration,
        int jitterBufferNominal,
        int jitterBufferMaximum,
        int jitterBufferAbsolute) {

    /** Of an R factor or a MOS: not available. */
    public static final int UNAVAILABLE = 127;

    /** Bytes of the block without its header of four. */
    static final int LENGTH = 32;
}
