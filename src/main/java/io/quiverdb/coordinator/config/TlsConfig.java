// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import java.nio.file.Path;

/**
 * PEM files of this member, for Raft, the TLS port, and calls to other members.
 *
 * @param certFile its certificate, and intermediate ones behind it
 * @param keyFile the key of the certificate
 * @param caFile the CAs that sign members and clients
 */
public record TlsConfig(Path certFile, Path keyFile, Path caFile) {}
