/* SPDX-License-Identifier: Apache-2.0 */
/** From a captured frame down to what UDP carries: link layers, IPv4 and IPv6, fragments, tunnels. */
package io.rhapsode.wire.ip;
