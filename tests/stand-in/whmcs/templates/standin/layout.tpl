<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>{$pagetitle} - {$companyname}</title>
  <link rel="stylesheet" href="/assets/css/standin.css">
  {$headoutput nofilter}
</head>
<body class="client-area">
  <div class="standin-notice">This is a stand-in for tests and demonstrations, not WHMCS.</div>
  {if $masquerading}<div class="standin-masquerade">You are logged in as this client by an administrator. <a href="/logout.php">Return to admin</a></div>{/if}
  {$headeroutput nofilter}
  <header class="client-header"><div class="container">
    <a class="client-brand" href="/clientarea.php">{$companyname}</a>
    <div class="client-user">{if $loggedin}Hello, {$clientname} <a class="btn btn-default btn-sm" href="/logout.php">Logout</a>{else}<a class="btn btn-default btn-sm" href="/clientarea.php">Login</a>{/if}</div>
  </div></header>
  <nav class="client-nav"><div class="container"><ul>
    {foreach $primaryNavbar->getChildren() as $item}
      <li{if $item->hasChildren()} class="dropdown"{/if}><a href="{$item->getUri()}">{$item->getLabel()}</a>
        {if $item->hasChildren()}<ul class="dropdown-menu">{foreach $item->getChildren() as $child}<li><a href="{$child->getUri()}">{$child->getLabel()}</a></li>{/foreach}</ul>{/if}
      </li>
    {/foreach}
    {foreach $secondaryNavbar->getChildren() as $item}<li class="nav-right"><a href="{$item->getUri()}">{$item->getLabel()}</a></li>{/foreach}
  </ul></div></nav>
  <main class="container client-main">
    <h1>{$pagetitle}</h1>
    {if $flash}<div class="alert alert-{$flash[0]}">{$flash[1]}</div>{/if}
    {if $primarySidebar->hasChildren() or $secondarySidebar->hasChildren()}
    <div class="row">
      <div class="col-sm-9 col-sm-push">{$content nofilter}</div>
      <aside class="col-sm-3">
        {foreach [$primarySidebar, $secondarySidebar] as $sidebar}{foreach $sidebar->getChildren() as $panel}
        <div class="panel panel-default"><div class="panel-heading"><h3 class="panel-title">{$panel->getLabel()}</h3></div>
          {if $panel->getBodyHtml()}<div class="panel-body">{$panel->getBodyHtml() nofilter}</div>{/if}
          {if $panel->hasChildren()}<div class="list-group">{foreach $panel->getChildren() as $child}<a class="list-group-item" href="{$child->getUri()}">{$child->getLabel()}</a>{/foreach}</div>{/if}
          {if $panel->getFooterHtml()}<div class="panel-footer">{$panel->getFooterHtml() nofilter}</div>{/if}
        </div>
        {/foreach}{/foreach}
      </aside>
    </div>
    {else}{$content nofilter}{/if}
  </main>
  <footer class="client-footer"><div class="container">{$companyname} &middot; stand-in behaving as version {$version} &middot; <a href="/admin/">Admin area</a></div></footer>
  <script>var csrfToken = '{$token}';</script>
  {$footeroutput nofilter}
</body>
</html>
