/** What helps where a function’s own things fail it. */
export const DEPLOY_AGAIN = 'Deploy again; if it stays, read the function’s log.';
