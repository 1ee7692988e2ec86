/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sip;

/** What the cause values of ITU-T Q.850 (05/2018, table 1) mean: the numbers in Reason headers (RFC 3326). */
public final class Q850 {
    /** The greatest cause value. */
    public static final int MAX_CAUSE = 127;

    private static final String[] TEXTS = new String[MAX_CAUSE + 1];

    static {
        put(1, "Unallocated (unassigned) number");
        put(2, "No route to specified transit network");
        put(3, "No route to destination");
        put(4, "Send special information tone");
        put(5, "Misdialled trunk prefix");
        put(6, "Channel unacceptable");
        put(7, "Call awarded and being delivered in an established channel");
        put(8, "Preemption");
        put(9, "Preemption, circuit reserved for reuse");
        put(14, "QoR: ported number");
        put(16, "Normal call clearing");
        put(17, "User busy");
        put(18, "No user responding");
        put(19, "No answer from user (user alerted)");
        put(20, "Subscriber absent");
        put(21, "Call rejected");
        put(22, "Number changed");
        put(23, "Redirection to new destination");
        put(24, "Call rejected due to feature at the destination");
        put(25, "Exchange routing error");
        put(26, "Non-selected user clearing");
        put(27, "Destination out of order");
        put(28, "Invalid number format (address incomplete)");
        put(29, "Facility rejected");
        put(30, "Response to STATUS ENQUIRY");
        put(31, "Normal, unspecified");
        put(34, "No circuit/channel available");
        put(38, "Network out of order");
        put(39, "Permanent frame mode connection out of service");
        put(40, "Permanent frame mode connection operational");
        put(41, "Temporary failure");
        put(42, "Switching equipment congestion");
        put(43, "Access information discarded");
        put(44, "Requested circuit/channel not available");
        put(46, "Precedence call blocked");
        put(47, "Resource unavailable, unspecified");
        put(49, "Quality of service unavailable");
        put(50, "Requested facility not subscribed");
        put(53, "Outgoing calls barred within CUG");
        put(55, "Incoming calls barred within CUG");
        put(57, "Bearer capability not authorized");
        put(58, "Bearer capability not presently available");
        put(62, "Inconsistency in designated outgoing access information and subscriber class");
        put(63, "Service or option not available, unspecified");
        put(65, "Bearer capability not implemented");
        put(66, "Channel type not implemented");
        put(69, "Requested facility not implemented");
        put(70, "Only restricted digital information bearer capability is available");
        put(79, "Service or option not implemented, unspecified");
        put(81, "Invalid call reference value");
        put(82, "Identified channel does not exist");
        put(83, "A suspended call exists, but this call identity does not");
        put(84, "Call identity in use");
        put(85, "No call suspended");
        put(86, "Call having the requested call identity has been cleared");
        put(87, "User not member of CUG");
        put(88, "Incompatible destination");
        put(90, "Non-existent CUG");
        put(91, "Invalid transit network selection");
        put(95, "Invalid message, unspecified");
        put(96, "Mandatory information element is missing");
        put(97, "Message type non-existent or not implemented");
        put(98, "Message not compatible with call state or message type non-existent or not implemented");
        put(99, "Information element/parameter non-existent or not implemented");
        put(100, "Invalid information element contents");
        put(101, "Message not compatible with call state");
        put(102, "Recovery on timer expiry");
        put(103, "Parameter non-existent or not implemented, passed on");
        put(110, "Message with unrecognized parameter, discarded");
        put(111, "Protocol error, unspecified");
        put(127, "Interworking, unspecified");
    }

    private Q850() {}

    private static void put(int cause, String text) {
        TEXTS[cause] = text;
    }

    /** What a cause value means; empty for one that has no meaning of its own. */
    public static String text(long cause) {
        return cause < 0 || cause > MAX_CAUSE || TEXTS[(int) cause] == null ? "" : TEXTS[(int) cause];
    }
}
