/** What serving HTTP takes, whatever is served: routes, requests, answers, problems. */
@NullMarked
package org.dallemini.ingest.http;

import org.jspecify.annotations.NullMarked;
