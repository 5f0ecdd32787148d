// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.command;

/**
 * The caller's name for a request, with a digest of the request (the {@code Idempotency-Key}
 * header, draft-ietf-httpapi-idempotency-key-header).
 *
 * @param key what the caller sent, 1 to {@value #MAX_LENGTH} characters
 * @param fingerprint a digest of method, path, precondition and body: a repeated key with another
 *     digest is an error of the caller
 */
public record IdempotencyKey(String key, String fingerprint) {
  /** The longest key, in characters. */
  public static final int MAX_LENGTH = 255;
}
