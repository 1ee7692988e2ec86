/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks;

import picocli.CommandLine.Command;

@Command(
        name = "gateway-tls",
        description = "HEPv3 over TLS into the gateway and Kafka (figure: packets/s without a loss).")
final class GatewayTls extends GatewayLoad {

    GatewayTls() {
        super("tls");
    }
}
