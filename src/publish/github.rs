//! The conversation with an API of gists: where it is asked, what it wants to be told, and what its refusals mean.

use crate::publish::session::{Session, redirect, said, shown};
use crate::publish::{Address, Answer, Failure, Lost, Outside, gist};

/// Most bytes of an answer of the API. A gist comes with the content of its files.
const API_BYTES: u64 = 64 << 20;
/// Most bytes of the page of a gist.
const PAGE_BYTES: u64 = 32 << 20;
/// What the API wants to be told (docs.github.com/en/rest/about-the-rest-api/api-versions).
const HEADERS: &[(&str, &str)] = &[("accept", "application/vnd.github+json"), ("x-github-api-version", "2022-11-28")];

/// Begins a conversation; nothing is sent.
pub(super) fn session<'a>(api: &Address, outside: &'a mut dyn Outside) -> Session<'a> {
    Session::new(api, HEADERS, outside)
}

impl Session<'_> {
    /// Reads from the API.
    pub(super) fn api(&mut self, path: &str) -> Result<Answer, Failure> {
        let address = self.server.below(path);
        self.get(&address, API_BYTES)
    }

    /// Asks the API to write.
    pub(super) fn write(
        &mut self,
        method: &'static str,
        path: &str,
        body: Vec<u8>,
    ) -> Result<Result<Answer, Lost>, Failure> {
        let mut request = self.request(method, self.server.below(path), Some(body), API_BYTES);
        request.headers.push(("content-type".to_owned(), "application/json; charset=utf-8".to_owned()));
        self.send(&request)
    }

    /// Reads the page of a gist, over the one redirect that GitHub makes from `/ID` to `/OWNER/ID`.
    pub(super) fn page(&mut self, page: &Address, owner: &str, id: &str) -> Result<Answer, Failure> {
        let answer = self.get(page, PAGE_BYTES)?;
        let Some(location) = redirect(&answer) else { return Ok(answer) };
        let next = page
            .follow(&location)
            .map_err(|why| Failure::differs(format!("the page redirects to an address that {why}")))?;
        let is_the_gist = next.path().trim_end_matches('/').ends_with(&format!("/{owner}/{id}"));
        if !next.same_origin(page) || !is_the_gist {
            return Err(Failure::differs(format!("the page redirects to {}, which is not followed", shown(&next))));
        }
        self.get(&next, PAGE_BYTES)
    }

    /// Whose token this is.
    pub(super) fn whoami(&mut self) -> Result<String, Failure> {
        let answer = self.api("/user")?;
        if answer.status != 200 {
            return Err(self.refusal(&answer, "asking whose token this is"));
        }
        gist::login(&answer.body).map_err(|why| Failure::differs(format!("the answer of /user {why}")))
    }

    /// An answer that will not become another one by asking again.
    pub(super) fn refusal(&self, answer: &Answer, doing: &str) -> Failure {
        let said = said(answer);
        let stop = |why: &str| Failure::Stopped(format!("{doing}: {why}{said}"));
        if let Some(location) = redirect(answer) {
            let target = self.server.follow(&location).map_or_else(|_| "another address".to_owned(), |to| shown(&to));
            return Failure::differs(format!("{doing}: the server redirects to {target}, which is not followed"));
        }
        match answer.status {
            401 => stop("401, the server does not accept the token; make a new one with the permission to write gists"),
            403 => stop(
                "403, the token may not do this; it needs the scope `gist`, or as a fine-grained token the user permission \
                 Gists: write. A token of an app or of Actions cannot write gists",
            ),
            404 => stop(match answer.header("x-oauth-scopes") {
                Some(scopes) if !scopes.split(',').any(|scope| scope.trim() == "gist") => {
                    "404, and the token lacks the scope `gist`"
                }
                _ => "404, it is gone, or it is another one's, or the token lacks the permission to write gists",
            }),
            413 | 405 => stop("the server finds it too large"),
            422 => stop("422, the server does not accept a file or a name"),
            200..=299 => Failure::differs(format!(
                "{doing}: {} with an answer that {}",
                answer.status,
                gist::Gist::read(&answer.body).err().unwrap_or_else(|| "was not expected".to_owned())
            )),
            status => stop(&status.to_string()),
        }
    }
}
