// SPDX-License-Identifier: Apache-2.0
/**
 * Keys, certificates, and the hosts that they name.
 *
 * <p>What lives here: reading PEM files, key and trust managers whose content can be replaced while
 * they are in use, and the names in a certificate. What never will: sockets, servers, clients, and
 * when files are read.
 */
@NullMarked
package io.quiverdb.coordinator.tls;

import org.jspecify.annotations.NullMarked;
