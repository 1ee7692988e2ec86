/* SPDX-License-Identifier: Apache-2.0 */
/** The Homer encapsulation protocol: how capture agents send what they saw. */
package io.rhapsode.wire.hep;
