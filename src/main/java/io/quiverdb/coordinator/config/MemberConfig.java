// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import java.net.URI;

/**
 * One member of the ensemble.
 *
 * @param id letters, digits, {@code . _ -}
 * @param raft where the other members reach its Raft server
 * @param http base URL of its REST surface, {@code http://host:port}, lower case, without a slash
 */
public record MemberConfig(String id, HostPort raft, URI http) {}
