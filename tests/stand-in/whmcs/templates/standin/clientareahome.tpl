<div class="tiles">
  <div class="tile"><div class="tile-value">{$services|count}</div><div class="tile-label">Services</div></div>
  <div class="tile tile-danger"><div class="tile-value">{$dueinvoices}</div><div class="tile-label">Unpaid Invoices</div></div>
  <div class="tile tile-warning"><div class="tile-value">{$duetotal}</div><div class="tile-label">Balance Due</div></div>
  <div class="tile tile-success"><div class="tile-value" id="creditbalance">{$creditbalance}</div><div class="tile-label">Credit Balance</div></div>
</div>
{$homepageoutput nofilter}
<p><a class="btn btn-success" href="/clientarea.php?action=addfunds">Add Funds</a> <a class="btn btn-default" href="/clientarea.php?action=invoices">My Invoices</a> <a class="btn btn-default" href="/cart.php">Order a Product</a></p>
<div class="panel panel-default"><div class="panel-heading"><h3 class="panel-title">Your Products and Services</h3></div>
  <table class="table table-striped">
    <thead><tr><th>Product</th><th>Price</th><th>Next Due Date</th><th>Status</th></tr></thead>
    <tbody>
    {foreach $services as $service}
      <tr><td><strong>{$service.name}</strong><br><span class="text-muted">{$service.domain}</span></td><td>{formatCurrency($service.amount, $currencyid)}<br><span class="text-muted">{$service.billingcycle}</span></td><td>{$service.nextduedate}</td>
        <td><span class="label label-{if $service.domainstatus eq 'Active'}success{elseif $service.domainstatus eq 'Suspended'}warning{else}default{/if}">{$service.domainstatus}</span></td></tr>
    {foreachelse}<tr><td colspan="4" class="text-center text-muted">No services yet</td></tr>{/foreach}
    </tbody>
  </table>
</div>
