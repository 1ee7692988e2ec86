/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks;

import picocli.CommandLine.Command;

@Command(
        name = "gateway-tcp",
        description = "HEPv3 over TCP into the gateway and Kafka (figure: packets/s without a loss).")
final class GatewayTcp extends GatewayLoad {

    GatewayTcp() {
        super("tcp");
    }
}
