// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import io.quiverdb.coordinator.cli.rest.RestRequest;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of every command that changes something. */
final class ChangeOptions {
  @Option(
      names = "--if-match",
      paramLabel = "VERSION",
      description = "Only if the map, or the policy, is at this version.")
  private @Nullable UnsignedNumber ifMatch;

  @Option(
      names = "--idempotency-key",
      paramLabel = "KEY",
      description =
          "Repeats the change with that key: if it was made already, nothing is done again.")
  private String idempotencyKey = "";

  /** Makes the change depend on this version, if the caller has named none. */
  void unlessNamed(String version) {
    if (ifMatch == null) {
      ifMatch = UnsignedNumber.parse(version);
    }
  }

  RestRequest request(String method, String path, Optional<String> body) {
    String key = idempotencyKey.isEmpty() ? UUID.randomUUID().toString() : idempotencyKey;
    RestRequest request = RestRequest.change(method, path, body, key);
    return ifMatch == null ? request : request.ifMatch(ifMatch.text());
  }
}
