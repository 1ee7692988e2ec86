/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.sink;

import java.nio.charset.StandardCharsets;

/** Where packets come from, the same for many: made once, with the bytes that go into each record. */
public final class Origin {

    public final String node;
    public final String site;
    public final String sender;
    final byte[] sourceBytes;
    final byte[] nodeBytes;
    final byte[] siteBytes;
    final byte[] senderBytes;

    /** Of packets that come as HEP. */
    public Origin(String node, String site, String sender) {
        this("", node, site, sender);
    }

    /**
     * @param source how they get here: "capture", "ipip", "file"; empty for HEP, where each packet has its version
     * @param node the capture node
     * @param site of the node, empty if there is none
     * @param sender "address:port" of who brought it, empty if nobody did
     */
    public Origin(String source, String node, String site, String sender) {
        this.node = node;
        this.site = site;
        this.sender = sender;
        this.sourceBytes = source.getBytes(StandardCharsets.UTF_8);
        this.nodeBytes = node.getBytes(StandardCharsets.UTF_8);
        this.siteBytes = site.getBytes(StandardCharsets.UTF_8);
        this.senderBytes = sender.getBytes(StandardCharsets.UTF_8);
    }
}
