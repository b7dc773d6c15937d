<div class="row"><div class="col-sm-6 col-centered">
  <div class="panel panel-default"><div class="panel-body">
    <form method="post" action="/dologin.php">
      <input type="hidden" name="token" value="{$token}">
      <div class="form-group"><label for="inputEmail">Email Address</label><input class="form-control" id="inputEmail" type="email" name="username" autofocus required></div>
      <div class="form-group"><label for="inputPassword">Password</label><input class="form-control" id="inputPassword" type="password" name="password" required></div>
      <button class="btn btn-primary" id="login" type="submit">Login</button>
    </form>
  </div>
  <div class="panel-footer text-muted">Demonstration log-in: anna@example.com, password &ldquo;client&rdquo;. The other clients: README of the stand-in.</div></div>
</div></div>
