{* Without header, menus and the outputs of hooks, as the official themes print it. 8.x shows notes; 9.x shows customAlert, too. *}
<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>{$companyname} - {$pagetitle}</title>
  <link rel="stylesheet" href="/assets/css/standin.css">
</head>
<body class="client-area">
<div class="standin-notice">This is a stand-in for tests and demonstrations, not WHMCS.</div>
<main class="container client-main">
<h1>{$pagetitle}</h1>
{if $flash}<div class="alert alert-{$flash[0]}">{$flash[1]}</div>{/if}
{if $isNine and $customAlert}<div class="panel panel-{$customAlert.type}" id="customalert"><div class="panel-heading"><h3 class="panel-title">{$customAlert.title}</h3></div><div class="panel-body">{$customAlert.message}</div></div>{/if}
<div class="panel panel-default invoice"><div class="panel-body">
  <div class="row">
    <div class="col-sm-7"><h2>{$companyname}</h2><p><strong>Invoiced To</strong><br>{$clientsdetails.firstname} {$clientsdetails.lastname}{if $clientsdetails.companyname}<br>{$clientsdetails.companyname}{/if}<br>{$clientsdetails.email}</p></div>
    <div class="col-sm-5 text-right">
      <div class="invoice-status status-{$status|lower|replace:' ':'-'}" id="invoicestatus">{$status}</div>
      <p>Invoice Date: {$date}<br>Due Date: {$duedate}{if $isOverdue} <span class="label label-danger">Overdue</span>{/if}</p>
      {if $payable}
      <form method="post" action="/viewinvoice.php?id={$invoiceid}" class="form-inline gateway-form">
        <input type="hidden" name="token" value="{$token}">
        <select class="form-control" name="gateway">{foreach $gateways as $gateway}<option value="{$gateway.sysname}"{if $gateway.sysname eq $paymentmethod} selected{/if}>{$gateway.name}</option>{/foreach}</select>
        <button class="btn btn-default btn-sm" type="submit">Change</button>
      </form>
      {if $paymentmethod eq 'standincard'}<p><a class="btn btn-success" id="paynow" href="/modules/gateways/standincard/pay.php?invoiceid={$invoiceid}">Pay Now</a></p>{else}<p>Please transfer the amount due, quoting invoice #{$invoiceid}.</p>{/if}
      {/if}
    </div>
  </div>
  {if $manualapplycredit}
  <div class="panel panel-success"><div class="panel-heading"><h3 class="panel-title">Apply Credit</h3></div><div class="panel-body">
    <form method="post" action="/viewinvoice.php?id={$invoiceid}" class="form-inline">
      <input type="hidden" name="token" value="{$token}"><input type="hidden" name="applycredit" value="true">
      Your credit balance is <strong>{$totalcredit}</strong>. This can be applied to the invoice using the form below.
      <input class="form-control input-amount" type="text" name="creditamount" value="{$creditamount}"> <button class="btn btn-success" type="submit">Apply Credit</button>
    </form>
  </div></div>
  {/if}
  {if $notes}<div class="panel panel-info" id="invoicenotes"><div class="panel-heading"><h3 class="panel-title">Notes</h3></div><div class="panel-body">{$notes nofilter}</div></div>{/if}
  <table class="table table-striped">
    <thead><tr><th>Description</th><th class="text-right">Amount</th></tr></thead>
    <tbody>
    {foreach $invoiceitems as $item}<tr><td>{$item.description}</td><td class="text-right">{$item.amount}</td></tr>{/foreach}
    <tr class="total-row"><td class="text-right">Sub Total</td><td class="text-right">{$subtotal}</td></tr>
    {if $hastax}<tr class="total-row"><td class="text-right">{$taxrate}% Tax</td><td class="text-right">{$tax}</td></tr>{/if}
    {if !$isNine}<tr class="total-row"><td class="text-right">Credit</td><td class="text-right" id="invoicecredit">{$credit}</td></tr>{/if}
    <tr class="total-row"><td class="text-right"><strong>Total</strong></td><td class="text-right"><strong id="invoicetotal">{if $isNine}{$invoiceamount}{else}{$total}{/if}</strong></td></tr>
    </tbody>
  </table>
  <h3>{if $isNine}Ledger{else}Transactions{/if}</h3>
  <table class="table table-striped">
    <thead><tr><th>Date</th><th>{if $isNine}Type{else}Gateway{/if}</th><th>Reference</th><th class="text-right">Amount</th></tr></thead>
    <tbody>
    {foreach $ledger as $row}<tr><td>{$row.date}</td><td>{if $isNine}{$row.typeLabel}{else}{$row.gateway}{/if}</td><td>{if $row.referenceHref}<a href="{$row.referenceHref}">{$row.referenceId}</a>{else}{$row.referenceId}{/if}</td><td class="text-right">{$row.amount}</td></tr>
    {foreachelse}<tr><td colspan="4" class="text-center text-muted">No Related Transactions Found</td></tr>{/foreach}
    <tr class="total-row"><td colspan="3" class="text-right"><strong>Balance</strong></td><td class="text-right"><strong id="invoicebalance">{$balance}</strong></td></tr>
    </tbody>
  </table>
</div></div>
<p class="text-center"><a href="/clientarea.php?action=invoices">Back to Client Area</a></p>
</main>
</body>
</html>
