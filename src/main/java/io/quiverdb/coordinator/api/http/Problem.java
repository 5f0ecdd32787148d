// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.http;

import java.util.Map;
import java.util.TreeMap;

/**
 * A problem document (RFC 9457).
 *
 * @param status of HTTP
 * @param title the same for every problem of its kind
 * @param detail what happened to this request and what to do
 * @param members further members
 * @param headers of the answer
 */
public record Problem(
    int status,
    String title,
    String detail,
    Map<String, Object> members,
    Map<String, String> headers) {
  /** The media type of problem documents (RFC 9457). */
  public static final String CONTENT_TYPE = "application/problem+json";

  public Problem {
    members = new TreeMap<>(members);
    headers = new TreeMap<>(headers);
  }

  /** With one more header. */
  public Problem with(String header, String value) {
    Map<String, String> more = new TreeMap<>(headers);
    more.put(header, value);
    return new Problem(status, title, detail, members, more);
  }

  /** Members in the order of their names, as Quiver prints them. */
  public byte[] body() {
    Map<String, Object> all = new TreeMap<>(members);
    all.put("type", "about:blank");
    all.put("title", title);
    all.put("status", status);
    all.put("detail", detail);
    return Json.bytes(Json.value(all));
  }
}
